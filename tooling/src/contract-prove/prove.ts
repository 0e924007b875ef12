import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelContract } from '../model-contract.ts';
import { apiMutations } from './api-mutations.ts';
import { openLane, type Finding, type Lane } from './lane.ts';
import { nameOf, type Exclusion, type Mutation } from './mutation.ts';
import { openapiMutations } from './openapi-mutations.ts';

/** Fewer mutations than this prove nothing. */
export const fewest = 30;
/** How many of a quick proof. */
const quickCount = 34;
const laneCount = 2;

export interface Proof {
  readonly caught: readonly { readonly mutation: string; readonly user: string; readonly error: string }[];
  readonly survivors: readonly string[];
  readonly exclusions: readonly Exclusion[];
}

export interface ProveOptions {
  readonly quick: boolean;
  readonly tell: (line: string) => void;
}

/** Tries every mutation of both hops over copies of the workspace in `root`. Throws when the copy is red by itself. */
export async function prove(root: string, { quick, tell }: ProveOptions): Promise<Proof> {
  const file = modelContract(root);
  const model = openapiMutations(await readFile(join(root, file), 'utf8'), file);
  const all = [...(await apiMutations(root)), ...model.mutations];
  if (all.length < fewest) throw new Error(`${all.length} mutations found in the contract; fewer than ${fewest} prove nothing`);
  const chosen = quick ? spread(all, quickCount) : all;
  const lanes = await Promise.all(Array.from({ length: laneCount }, () => openLane(root)));
  try {
    await requireGreen(lanes[0]);
    const attempts = await share(lanes, chosen, tell);
    const survived = attempts.filter(({ finding }) => finding === null).map(({ mutation }) => mutation);
    const harmless = await harmlessOf(lanes[0], survived, all);
    return {
      caught: attempts.flatMap(({ mutation, finding }) => (finding ? [{ mutation: nameOf(mutation), ...finding }] : [])),
      survivors: survived.filter((each) => !harmless.includes(each)).map(nameOf),
      exclusions: [
        ...model.exclusions,
        ...harmless.map((each) => ({ target: nameOf(each), why: 'its caller sends it always: to require it breaks nobody' })),
      ],
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function requireGreen(lane: Lane | undefined): Promise<void> {
  for (const hop of [1, 2] as const) {
    const red = await lane?.baseline(hop);
    if (red) throw new Error(`the type check is red without any mutation: ${red}`);
  }
}

interface Attempt {
  readonly mutation: Mutation;
  readonly finding: Finding;
}

/** Each lane takes the next mutation when it is done with one. */
async function share(lanes: readonly Lane[], mutations: readonly Mutation[], tell: (line: string) => void): Promise<Attempt[]> {
  const queue = mutations.values();
  const attempts: Attempt[] = [];
  const work = async (lane: Lane): Promise<void> => {
    for (const mutation of queue) {
      const finding = await lane.attempt(mutation);
      attempts.push({ mutation, finding });
      tell(
        `${attempts.length}/${mutations.length} ${finding ? 'caught  ' : 'SURVIVED'} ${nameOf(mutation)}${finding ? ` ← ${finding.error}` : ''}`,
      );
    }
  };
  await Promise.all(lanes.map(work));
  return attempts;
}

/** To require what every caller sends anyway breaks nobody. That they send it is shown: to drop it is an error of theirs. */
async function harmlessOf(lane: Lane | undefined, survived: readonly Mutation[], all: readonly Mutation[]): Promise<Mutation[]> {
  const harmless: Mutation[] = [];
  for (const mutation of survived.filter(({ operator }) => operator === 'make required')) {
    const drop = all.find((each) => each.operator === 'drop' && each.hop === mutation.hop && each.target === mutation.target);
    if (drop && (await lane?.attempt(drop))) harmless.push(mutation);
  }
  return harmless;
}

/** `count` of them, spread evenly over hops, operators and files: the same ones every time. */
export function spread(mutations: readonly Mutation[], count: number): Mutation[] {
  const sorted = mutations.toSorted((a, b) => a.hop - b.hop || a.operator.localeCompare(b.operator));
  const groups = Object.values(Object.groupBy(sorted, ({ hop, operator }) => `${hop} ${operator}`)).map((group) => group ?? []);
  const picked: Mutation[] = [];
  for (let round = 0; picked.length < Math.min(count, mutations.length); round++) {
    for (const group of groups) {
      const each = group[Math.floor(((round * 0.618) % 1) * group.length)];
      if (each && !picked.includes(each) && picked.length < count) picked.push(each);
    }
    if (round > mutations.length) break;
  }
  return picked;
}
