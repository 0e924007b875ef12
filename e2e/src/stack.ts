import { type Stack, type StackOptions, startStack as start } from '@twohop/tooling/stack';
import { inject } from 'vitest';

export type { Stack } from '@twohop/tooling/stack';

/** Model and server unless said otherwise, beside the Auth emulator of all files. */
export const startStack = ({ parts = ['ml', 'server'], ports, ...options }: StackOptions = {}): Promise<Stack> => {
  const { projectId, port } = inject('signIn');
  return start({ projectId, ...options, parts, ports: { ...ports, auth: port } });
};
