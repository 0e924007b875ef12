import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Stack } from '@twohop/tooling/stack';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { clientOf } from '../client.ts';
import type { Browser } from '../extension-browser.ts';
import { button, mark, newBrowser, open } from './suite.ts';

export interface Device extends Browser {
  /** The side panel beside a page on which the user has clicked the button. */
  openPanel(name: string): Promise<Page>;
}

/** A new browser, as on another machine. */
export async function openDevice(): Promise<Device> {
  const device = await newBrowser();
  return {
    ...device,
    openPanel: async (name) => device.openView('sidepanel', (await open(name, device)).tabId),
  };
}

const owner = { authorization: 'Bearer owner', 'content-type': 'application/json' };

/** How many documents the database keeps under a user, asked past its rules. */
export async function documents({ urls, projectId }: Stack, uid: string): Promise<number> {
  const path = `projects/${projectId}/databases/(default)/documents/users/${uid}/passages`;
  const reply = await fetch(`${urls.firestore}/v1/${path}?pageSize=300`, { headers: owner });
  expect(reply.status).toBe(200);
  return ((await reply.json()) as { documents?: unknown[] }).documents?.length ?? 0;
}

/** How many rows of the ledger, in any of its tables, name a user. */
function ledgerRows({ directory }: Stack, uid: string): number {
  const ledger = new DatabaseSync(join(directory, 'ledger.db'), { readOnly: true });
  const tables = ledger.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const rows = tables.flatMap(({ name }) => ledger.prepare(`SELECT * FROM "${String(name)}"`).all());
  ledger.close();
  return rows.filter((row) => JSON.stringify(Object.values(row)).includes(uid)).length;
}

async function hasUser({ urls, projectId }: Stack, uid: string): Promise<boolean> {
  const lookup = `${urls.auth}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts:lookup`;
  const reply = await fetch(lookup, { method: 'POST', headers: owner, body: JSON.stringify({ localId: [uid] }) });
  return ((await reply.json()) as { users?: unknown[] }).users !== undefined;
}

/** All that is kept of a user anywhere. */
export const traces = async (stack: Stack, uid: string) => ({
  documents: await documents(stack, uid),
  ledgerRows: ledgerRows(stack, uid),
  user: await hasUser(stack, uid),
});

/** Asks the worker as a view does. */
const asking = async <T>(view: Page, name: string, input: unknown = null): Promise<T> =>
  (await view.evaluate<{ value: T }>(`chrome.runtime.sendMessage(${JSON.stringify({ name, input })})`)).value;

/** The server as whoever is signed in in a view would see it. */
export const clientIn = async (view: Page, url: string) =>
  clientOf(url, { idToken: await asking<string>(view, 'token', { refresh: false }) });

export const uidOf = async (panel: Page): Promise<string> => (await asking<{ uid: string }>(panel, 'account')).uid;

/** Microseconds of the day that are used up. */
export const usedUs = async (panel: Page): Promise<number> =>
  (await asking<{ computeDay: { usedUs: number } }>(panel, 'quota')).computeDay.usedUs;

export async function fillIn(panel: Page, email: string, password: string): Promise<void> {
  await panel.getByLabel('E-mail').fill(email);
  await panel.getByLabel('Password').fill(password);
}

export async function enter(panel: Page, way: 'Sign in' | 'Create an account', email: string): Promise<void> {
  await button(panel, 'Sign in, or create an account').click();
  await fillIn(panel, email, 'correct horse');
  await panel.getByRole('button', { name: way, exact: true }).click();
  await button(panel, 'Mark this page').waitFor();
}

interface RemarkTyped {
  readonly note: string;
  readonly tags: string;
}

/** Saves what an entry of a list shows. */
export async function save(item: Locator, { note, tags }: RemarkTyped): Promise<void> {
  await item.getByRole('button', { name: 'Save', exact: true }).click();
  await item.getByRole('textbox', { name: 'Note' }).fill(note);
  await item.getByLabel('Tags, with commas between them').fill(tags);
  await item.locator('form').getByRole('button', { name: 'Save' }).click();
  await item.getByRole('button', { name: 'Saved: change note and tags' }).waitFor();
}

/** Marks the page in front and saves one of its marks. */
export async function saveMark(panel: Page, index: number, remark: RemarkTyped): Promise<void> {
  await button(panel, /^(Mark this page|Clear)$/).waitFor();
  if (await button(panel, 'Mark this page').isVisible()) await mark(panel);
  await save(panel.getByRole('listitem').nth(index), remark);
}

export async function toLibrary(panel: Page): Promise<void> {
  await panel.getByRole('radio', { name: 'Library' }).check();
}

export const cards = (panel: Page) => panel.locator('.card');
