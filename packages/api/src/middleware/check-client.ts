import { isServed } from '../client-version.ts';
import type { Context } from '../context.ts';
import { Fault } from '../fault.ts';

/** Old versions live on for months. One that is no longer served is told so before anything is looked up. */
export function checkClient({ deps, request }: Context): void {
  if (!isServed(request.clientVersion, deps.clientVersions)) throw new Fault('client.outdated', { field: 'x-client-version' });
}
