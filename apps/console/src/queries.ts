import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Twohop } from '@twohop/sdk';
import { createContext, useContext } from 'react';

/** An operator who looks sees what happened a second ago. */
const LIVE_MS = 1_000;
/** What only admins and the days change. */
const SLOW_MS = 5_000;

export const TwohopContext = createContext<Twohop | null>(null);

function useTwohop(): Twohop {
  const twohop = useContext(TwohopContext);
  if (!twohop) throw new Error('there is no TwohopContext around this');
  return twohop;
}

/** The client tries again by the table of errors, and the next look comes anyway. */
const common = { retry: false } as const;

/** Who is not let in is not let in a second later either. */
export const isRefusal = (error: (Error & { code?: string }) | null): boolean => error?.code?.startsWith('auth.') ?? false;

type Operator = Twohop['operator'];
type Ask<Answer> = (operator: Operator, options: { readonly signal: AbortSignal }) => Promise<Answer>;

/** What `useQuery` wants to know of something that is read. */
function useReading<Answer>(queryKey: readonly string[], ask: Ask<Answer>) {
  const { operator } = useTwohop();
  return { ...common, queryKey, queryFn: ({ signal }: { signal: AbortSignal }) => ask(operator, { signal }) };
}

export function useLive() {
  const reading = useReading(['live'], ({ live }, options) => live.query(undefined, options));
  return useQuery({ ...reading, refetchInterval: ({ state }) => !isRefusal(state.error) && LIVE_MS });
}

export function useUsers(search: string) {
  const reading = useReading(['users', search], ({ users }, options) => users.query({ search }, options));
  return useQuery({ ...reading, refetchInterval: SLOW_MS, placeholderData: keepPreviousData });
}

export function useReceipts(uid: string) {
  const reading = useReading(['receipts', uid], ({ receipts }, options) => receipts.query({ uid }, options));
  return useQuery({ ...reading, refetchInterval: SLOW_MS });
}

export function useActs() {
  const reading = useReading(['acts'], ({ acts }, options) => acts.query(undefined, options));
  return useQuery({ ...reading, refetchInterval: SLOW_MS });
}

export const useSettings = () =>
  useQuery(useReading(['settings'], ({ settings }, options) => settings.query(undefined, options)));

/** An act of the admin. Whatever is shown may have changed by it. */
function useAct<Request>(act: (admin: Twohop['admin'], request: Request) => Promise<unknown>) {
  const { admin } = useTwohop();
  const queries = useQueryClient();
  return useMutation({
    ...common,
    mutationFn: (request: Request) => act(admin, request),
    onSettled: () => queries.invalidateQueries(),
  });
}

interface AccountChange {
  readonly uid: string;
  readonly plan: string | null;
  readonly blocked: boolean;
}

export const useSetAccount = () => useAct((admin, change: AccountChange) => admin.setAccount.mutate(change));
export const useDeleteAccount = () => useAct((admin, uid: string) => admin.deleteAccount.mutate({ uid }));
export const useSetKillSwitch = () => useAct((admin, on: boolean) => admin.setKillSwitch.mutate({ on }));
