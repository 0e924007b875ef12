import { patternOf } from '../core/match-pattern.ts';
import { settings } from './settings.ts';
import { localStore } from './storage.ts';

/** All that this build may talk to; the first unless the user chooses another. */
export const servers: readonly string[] = [settings.serverUrl, ...settings.otherServers];

const kept = localStore<string>('server', 1);

/** Origin of the one in use. */
export const serverUrl = async (): Promise<string> => {
  if (servers.length === 1) return settings.serverUrl;
  const chosen = await kept.read();
  // An update may have taken it out of the build.
  return chosen !== null && servers.includes(chosen) ? chosen : settings.serverUrl;
};

/** Sends what is meant for the build's first server to the one in use. */
export const fetchServer: typeof fetch = async (input, init) => {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  return fetch(`${await serverUrl()}${pathname}${search}`, init);
};

/**
 * To be called in the turn of a click: the browser asks its user whether the extension may talk to that server. False: they
 * said no, and nothing has changed.
 */
export const chooseServer = async (url: string): Promise<boolean> => {
  if (!(await chrome.permissions.request({ origins: [patternOf(url)] }))) return false;
  const before = await serverUrl();
  await kept.write(url);
  // That of the first server is part of the installation and cannot be given back.
  if (patternOf(before) !== patternOf(url))
    await chrome.permissions.remove({ origins: [patternOf(before)] }).catch(() => undefined);
  return true;
};

/** Returns what ends it. */
export const onServerChange = (look: () => void): (() => void) => kept.onChange(look);
