/** What rose has no words for: functions of JavaScript with their derivatives. */
import { Dual, div, fn, mul, opaque, Real, sub } from 'rose';

export const exp = opaque([Real], Real, Math.exp);
exp.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => {
  const z = exp(x);
  return { re: z, du: mul(dx, z) };
});

export const log = opaque([Real], Real, Math.log);
log.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => ({ re: log(x), du: div(dx, x) }));

export const tanh = opaque([Real], Real, Math.tanh);
tanh.jvp = fn([Dual], Dual, ({ re: x, du: dx }) => {
  const z = tanh(x);
  return { re: z, du: mul(dx, sub(1, mul(z, z))) };
});
