import type { EngineName } from '../../src/engine/engine.ts';

/** Every engine there is. */
export const ENGINES: readonly EngineName[] = ['compiled', 'interpreter', 'reference'];
