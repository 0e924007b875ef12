import { type Stack, startStack } from '@twohop/tooling/stack';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly signIn: { readonly projectId: string; readonly port: number };
  }
}

let stack: Stack;

/** One Auth emulator for all files: its start takes longer than most tests. Each file begins without users (no-users.ts). */
export async function setup(project: TestProject): Promise<void> {
  stack = await startStack({ parts: ['auth'] });
  project.provide('signIn', { projectId: stack.projectId, port: stack.ports.auth });
}

export const teardown = (): Promise<void> => stack.stop();
