#!/usr/bin/env node
/** `npx wengert <command>`: the table of commands. What a command does is loaded when it is called. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { build } from './build/command.ts';
import { gradbench } from './gradbench/command.ts';

/** Each adds itself to the program. */
const COMMANDS: readonly ((program: Command) => void)[] = [build, gradbench];

const { version, description } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const program = new Command('wengert').description(description).version(version);
for (const add of COMMANDS) add(program);
await program.parseAsync();
