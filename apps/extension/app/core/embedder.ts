import { limits, type SavedPassage } from './passage.ts';
import { quantized } from './vector.ts';

/** Has a model read texts. */
export type Embed = (texts: readonly string[]) => Promise<{
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
}>;

type Write = (place: string, read: Pick<SavedPassage, 'vector' | 'model'>) => void;

/** The server takes no more in one call. */
const textsACall = 64;

/** Gives vectors to passages that have none, each once. */
export const createEmbedder = (embed: Embed, write: Write) => {
  /** On their way, or of no use: no second call for these. */
  const asked = new Set<string>();
  const isUnread = ({ place, vector }: SavedPassage): boolean => vector === null && !asked.has(place);
  const embedAll = async (passages: () => readonly SavedPassage[]): Promise<void> => {
    const unread = passages().filter(isUnread).slice(0, textsACall);
    if (unread.length === 0) return;
    for (const { place } of unread) asked.add(place);
    try {
      const { model, embeddings } = await embed(unread.map(({ text }) => text));
      for (const [index, { place }] of unread.entries()) {
        const vector = embeddings[index];
        // The rules would refuse one of another size.
        if (vector?.length === limits.vector) write(place, { vector: quantized(vector), model });
      }
    } catch {
      // They are saved all the same, and read when the next is saved, or once they reach the database, or at the next opening.
      for (const { place } of unread) asked.delete(place);
      return;
    }
    await embedAll(passages);
  };
  return { has: isUnread, embed: embedAll };
};
