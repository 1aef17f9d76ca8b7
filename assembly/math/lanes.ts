// Two elements at a time, with the same bits as one at a time.
export { expLanes } from './exp';
export { logLanes } from './log';
export { tanhLanes } from './hyperbolic';
export { cosLanes, sinLanes } from './trig';
export { sigmoidLanes, softplusLanes } from './logistic-lanes';
