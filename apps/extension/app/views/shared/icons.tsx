const outline = {
  viewBox: '0 0 16 16',
  width: 16,
  height: 16,
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

/** Two hops over a marked line: assets/icon.png without its ground. */
export const LogoIcon = () => (
  <svg {...outline} className="logo" viewBox="0 0 24 24" width={24} height={24} strokeWidth={2}>
    <path className="logo-mark" d="M3 18.5h18" strokeWidth={5} strokeLinecap="butt" />
    <path d="M3 15c0-5 9-5 9 0c0-5 9-5 9 0" transform="translate(0 -3)" />
  </svg>
);

export const CopyIcon = () => (
  <svg {...outline}>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 2.5h-6a2 2 0 0 0-2 2v6" />
  </svg>
);

export const DoneIcon = () => (
  <svg {...outline}>
    <path d="m3 8.5 3.5 3.5L13 4.5" />
  </svg>
);

export const SignOutIcon = () => (
  <svg {...outline}>
    <path d="M6 2.5H3.5v11H6M7 8h6.5M11 5.5 13.5 8 11 10.5" />
  </svg>
);

export const OptionsIcon = () => (
  <svg {...outline}>
    <path d="M2.5 4.5h6M12.5 4.5h1M2.5 11.5h1M7.5 11.5h6" />
    <circle cx="10.5" cy="4.5" r="1.75" />
    <circle cx="5.5" cy="11.5" r="1.75" />
  </svg>
);

export const ShieldIcon = () => (
  <svg {...outline}>
    <path d="M8 1.8 2.8 3.7v4c0 3.2 2.2 5.4 5.2 6.5 3-1.1 5.2-3.3 5.2-6.5v-4z" />
  </svg>
);

export const PersonIcon = () => (
  <svg {...outline}>
    <circle cx="8" cy="5" r="2.8" />
    <path d="M2.8 14c.4-3 2.4-4.5 5.2-4.5s4.8 1.5 5.2 4.5" />
  </svg>
);

export const GaugeIcon = () => (
  <svg {...outline}>
    <path d="M2.5 12.5a6 6 0 1 1 11 0M8 10l2.5-3" />
  </svg>
);

export const ClearIcon = () => (
  <svg {...outline} width={14} height={14}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </svg>
);

export const UpIcon = () => (
  <svg {...outline}>
    <path d="m3.5 10 4.5-4.5 4.5 4.5" />
  </svg>
);

export const DownIcon = () => (
  <svg {...outline}>
    <path d="m3.5 6 4.5 4.5L12.5 6" />
  </svg>
);

export const PanelIcon = () => (
  <svg {...outline}>
    <rect x="2" y="3" width="12" height="10" rx="1.5" />
    <path d="M9.5 3v10" />
  </svg>
);

export const SearchIcon = () => (
  <svg {...outline}>
    <circle cx="7" cy="7" r="4.2" />
    <path d="m10.2 10.2 3.3 3.3" />
  </svg>
);

/** Filled when what it stands beside is saved. */
export const BookmarkIcon = ({ filled }: { readonly filled: boolean }) => (
  <svg {...outline}>
    <path d="M4 2.5h8v11l-4-3-4 3z" fill={filled ? 'currentColor' : 'none'} />
  </svg>
);

export const PencilIcon = () => (
  <svg {...outline}>
    <path d="m3 13 .7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7 11.3 7" />
  </svg>
);
