import type { z } from 'zod';

/** What is wrong first, after the place where it is; `whole` is the place of what is wrong about all of it. */
export const firstIssue = ({ issues: [issue] }: z.ZodError, whole: string): string =>
  `${issue?.path.join('.') || whole}: ${issue?.message ?? 'is not valid'}`;
