/**
 * What `npm start` shows: small functions with every derivative, the count of steps, and a network that learns to read.
 * Run: npm start -- [--quick] [--epochs 3]
 */
import { mnist, settings } from './mnist/mnist.ts';

const asked = settings(); // before anything is printed
await import('./seeds.ts');
await import('./steps.ts');
await mnist(asked);
console.log();
