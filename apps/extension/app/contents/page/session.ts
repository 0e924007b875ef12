import { defaultDensity } from '../../core/density.ts';
import type { Span } from '../../core/flow.ts';
import type { PageCommands, PageState, PageText } from '../../core/page.ts';
import { chunkChars } from '../../core/parts.ts';
import type { PageHandlers } from '../../platform/page-channel.ts';
import { createPainter, type Painter, scrollTo } from './paint.ts';
import { createReading, type Reading, type ReadingDeps } from './reading.ts';
import { listed, openTask, type Task } from './task.ts';

export interface SessionDeps {
  readonly page: Document;
  readonly ask: ReadingDeps['ask'];
  readonly onState: (state: PageState) => void;
}

interface Session extends SessionDeps {
  readonly painter: Painter;
  state: PageState;
  task: Task | null;
  /** Null while a text was read for a search alone. */
  reading: Reading | null;
}

const idle: PageState = {
  phase: 'idle',
  chars: 0,
  share: 0,
  sentences: 0,
  marks: [],
  current: null,
  density: defaultDensity,
  failure: null,
  waits: null,
  left: null,
};

/** What is marked in this page. Answers the extension; makes no call of its own. */
export const createSession = (deps: SessionDeps) => {
  const session: Session = { ...deps, painter: createPainter(), state: idle, task: null, reading: null };
  return {
    mark: (wanted: PageCommands['mark']) => mark(session, wanted),
    resume: () => resume(session),
    clear: () => clear(session),
    density: ({ density }: PageCommands['density']) => {
      session.painter.paint('twohop-current', []);
      change(session, { density, current: null });
      return session.task ? repaint(session, session.task) : session.state;
    },
    step: ({ by }: PageCommands['step']) => step(session, by),
    show: (passage: PageCommands['show']) => {
      show(session, textTask(session, false).marks.find(passage));
      const index = session.state.marks.findIndex(({ start }) => start === passage.start);
      return change(session, { current: index === -1 ? null : index });
    },
    text: (): PageText => {
      const { title, location } = session.page;
      return { text: textTask(session, true).text, title, url: location.href };
    },
    state: () => session.state,
  } satisfies PageHandlers;
};

const change = (session: Session, part: Partial<PageState>): PageState => {
  session.state = { ...session.state, ...part };
  session.onState(session.state);
  return session.state;
};

const open = (session: Session): Task => {
  session.task?.close();
  session.task = openTask(session.page, {
    onMoved: (task) => void repaint(session, task),
    onGone: () => void clear(session),
  });
  return session.task;
};

/** The text that is marked; without marks the text as it is now, or, for a passage of the last one, as it was then. */
const textTask = (session: Session, now: boolean): Task =>
  session.task && (session.reading || !now) ? session.task : open(session);

const repaint = (session: Session, task: Task): PageState => {
  const list = listed(task, session.state.density);
  session.painter.paint('twohop-mark', task.marks.shown().flatMap(task.marks.spans));
  return change(session, list);
};

const mark = (session: Session, { density, sure }: PageCommands['mark']): PageState => {
  session.painter.clear();
  const task = open(session);
  const chars = task.text.length;
  const begin = (phase: PageState['phase']) => change(session, { ...idle, left: session.state.left, density, chars, phase });
  if (chars === 0) return begin('empty');
  if (chars > chunkChars && !sure) return begin('asking');
  session.reading = createReading(task.text, {
    ask: session.ask,
    onPart: ({ marks, sentences, end }) => {
      task.marks.add(marks, sentences);
      change(session, { share: end / chars });
      repaint(session, task);
    },
    onLeft: (left) => void change(session, { left }),
    onWait: (waits) => void change(session, { waits: waits && { code: waits.code, untilMs: Date.now() + waits.ms } }),
  });
  begin('reading');
  void go(session, task);
  return session.state;
};

const go = async (session: Session, task: Task): Promise<void> => {
  const end = await session.reading?.go(task.leave);
  if (!end || task.leave.aborted) return;
  change(session, end.done ? { phase: 'marked', share: 1 } : { phase: 'failed', failure: end.failure });
};

const resume = (session: Session): PageState => {
  if (!session.task || session.state.phase !== 'failed') return session.state;
  void go(session, session.task);
  return change(session, { phase: 'reading', failure: null });
};

const clear = (session: Session): PageState => {
  session.task?.close();
  session.task = null;
  session.reading = null;
  session.painter.clear();
  const { density, left } = session.state;
  return change(session, { ...idle, density, left });
};

const step = (session: Session, by: 1 | -1): PageState => {
  const { task, state } = session;
  const count = state.marks.length;
  if (!task || count === 0) return state;
  const current = state.current === null ? (by === 1 ? 0 : count - 1) : (state.current + by + count) % count;
  const mark = task.marks.shown()[current];
  if (mark) show(session, task.marks.spans(mark));
  return change(session, { current });
};

const show = ({ painter }: Session, spans: readonly Span<Text>[]): void => {
  painter.paint('twohop-current', spans);
  if (spans[0]) scrollTo(spans[0]);
};
