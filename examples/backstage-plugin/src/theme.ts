/** The colour schemes that Callboard has. */
export type Theme = 'light' | 'dark';

/**
 * The scheme of the app's theme. Without a choice of the user's, Backstage follows the browser where it has a theme for
 * that, and so does this.
 */
export function themeOf(
  installed: ReadonlyArray<{ id: string; variant: Theme }>,
  active: string | undefined,
  prefersDark: boolean,
): Theme {
  const chosen = installed.find(theme => theme.id === active);
  if (chosen) return chosen.variant;
  const wanted: Theme = prefersDark ? 'dark' : 'light';
  return installed.some(theme => theme.variant === wanted) ? wanted : (installed[0]?.variant ?? wanted);
}
