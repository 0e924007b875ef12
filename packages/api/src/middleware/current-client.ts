import { isServed } from '../client-version.ts';
import { Fault } from '../fault.ts';
import { t } from '../trpc.ts';

/** Old versions live on for months. One that is no longer served is told so before anything is looked up. */
export const currentClient = t.middleware(async function currentClient({ ctx: { deps, request }, next }) {
  if (!isServed(request.clientVersion, deps.clientVersions)) throw new Fault('client.outdated', { field: 'x-client-version' });
  return next();
});
