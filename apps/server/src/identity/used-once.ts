/** What may count only once. */
export interface UsedOnce {
  /**
   * True: it had not been used, and now it has, until the time given. Of calls side by side one gets true.
   * @throws StoreDown when nobody can say
   */
  use(id: string, untilMs: number): Promise<boolean>;
}
