import { beforeAll, inject } from 'vitest';

beforeAll(async () => {
  const { projectId, port } = inject('signIn');
  const users = `http://127.0.0.1:${port}/emulator/v1/projects/${projectId}/accounts`;
  const { ok } = await fetch(users, { method: 'DELETE', headers: { authorization: 'Bearer owner' } });
  if (!ok) throw new Error('the Auth emulator keeps the users of the file before');
});
