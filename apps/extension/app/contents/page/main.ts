import type { PageState } from '../../core/page.ts';
import { askModel, publishState, servePage, showOnButton } from '../../platform/page-channel.ts';
import { createSession } from './session.ts';

const badgeOf = ({ phase, marks }: PageState): string => {
  if (phase === 'reading') return '…';
  if (phase === 'asking') return '?';
  if (phase === 'failed' || phase === 'empty') return '!';
  return phase === 'marked' ? String(marks.length) : '';
};

const start = (): void => {
  let badge = '';
  const session = createSession({
    page: document,
    ask: askModel,
    onState: (state) => {
      publish();
      if (badgeOf(state) !== badge) showOnButton((badge = badgeOf(state)));
    },
  });
  const publish = publishState(session.state);
  servePage(session);
};

// A click injects this file each time, and the first one stays.
const world = globalThis as { twohopPage?: true };
if (!world.twohopPage) {
  world.twohopPage = true;
  start();
}
