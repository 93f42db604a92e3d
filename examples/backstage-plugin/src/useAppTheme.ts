import { appThemeApiRef, useApi } from '@backstage/core-plugin-api';
import { useEffect, useState } from 'react';
import { themeOf } from './theme';
import type { Theme } from './theme';

/** Is the app light or dark? Follows the user's choice and the browser's. */
export function useAppTheme(): Theme {
  const themes = useApi(appThemeApiRef);
  const [dark] = useState(() => window.matchMedia('(prefers-color-scheme: dark)'));
  const now = () => themeOf(themes.getInstalledThemes(), themes.getActiveThemeId(), dark.matches);
  const [theme, setTheme] = useState(now);
  useEffect(() => {
    const follow = () => setTheme(now());
    const chosen = themes.activeThemeId$().subscribe(follow);
    dark.addEventListener('change', follow);
    return () => {
      chosen.unsubscribe();
      dark.removeEventListener('change', follow);
    };
  }, [themes, dark]);
  return theme;
}
