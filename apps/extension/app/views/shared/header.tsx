import type { ReactNode } from 'react';
import { openOptions } from '../../platform/runtime.ts';
import { text } from '../../platform/words.ts';
import { LogoIcon, OptionsIcon, PanelIcon, PersonIcon, SignOutIcon } from './icons.tsx';

interface HeaderProps {
  readonly plan?: string | undefined;
  readonly onPanel?: (() => void) | undefined;
  readonly onAccount?: (() => void) | undefined;
  readonly onSignOut?: () => void;
  /** False on the options page itself, and before there is anything to choose. */
  readonly hasOptions?: boolean;
}

export const Header = ({ plan, onPanel, onAccount, onSignOut, hasOptions = true }: HeaderProps) => (
  <header className="header">
    <LogoIcon />
    <b>Twohop</b>
    {plan !== undefined && <span className="plan">{plan}</span>}
    <span className="actions">
      {onPanel && (
        <Action label={text('openPanel')} onClick={onPanel}>
          <PanelIcon />
        </Action>
      )}
      {hasOptions && (
        <Action label={text('openOptions')} onClick={() => void openOptions()}>
          <OptionsIcon />
        </Action>
      )}
      {onAccount && (
        <Action label={text('yourAccount')} onClick={onAccount}>
          <PersonIcon />
        </Action>
      )}
      {onSignOut && (
        <Action label={text('signOut')} onClick={onSignOut}>
          <SignOutIcon />
        </Action>
      )}
    </span>
  </header>
);

interface ActionProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

const Action = ({ label, onClick, children }: ActionProps) => (
  <button type="button" className="icon-button" onClick={onClick} title={label} aria-label={label}>
    {children}
  </button>
);
