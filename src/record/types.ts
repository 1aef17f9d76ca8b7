/** What TypeScript makes of the signature of a recorded function. S: the inputs; R: what the function returns. */
import type { Inputs, Kind } from '../program/signature.ts';
import type { Recorded, RecordedMatrix, RecordedVector } from './recorded.ts';

type Handle<K extends Kind> = K extends 'scalar' ? Recorded : K extends 'vector' ? RecordedVector : RecordedMatrix;

/** What the function receives. */
export type RecordedHandles<S extends Inputs> = { readonly [name in keyof S]: Handle<S[name]['kind']> };

/** What it may return: one output, a list, or outputs by name. */
export type RecordedOutput = Recorded | number | RecordedVector | RecordedMatrix;
export type RecordedOutputs = RecordedOutput | readonly RecordedOutput[] | { readonly [name: string]: RecordedOutput };

type Computed<T> = T extends Recorded | number ? number : T extends RecordedVector | RecordedMatrix ? Float64Array : never;

/** The values, in the structure the function returned. */
export type RecordedValue<R> = R extends RecordedOutput ? Computed<R> : { -readonly [name in keyof R]: Computed<R[name]> };
