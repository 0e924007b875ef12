import { startStack } from '@twohop/tooling/stack';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly signIn: { readonly projectId: string; readonly port: number };
  }
}

/** One Auth emulator for all files: its start takes longer than most tests. Each file begins without users (no-users.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { projectId, ports, stop } = await startStack({ parts: ['auth'] });
  project.provide('signIn', { projectId, port: ports.auth });
  return stop;
}
