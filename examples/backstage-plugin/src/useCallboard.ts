import { identityApiRef, useApi } from '@backstage/core-plugin-api';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { HEIGHTS, SILENCE, maySignIn, parseMessage } from './frame';
import type { Callboard, TabMessage } from './frame';
import { postForm } from './postForm';
import type { Theme } from './theme';

/** What the tab has to show beside the frame. */
export type State =
  | { is: 'loading' | 'shown' | 'silent' }
  | { is: 'refused'; status: number; title: string }
  | { is: 'failed'; error: Error };

let frames = 0;

/** Signs the user in to a frame, shows a path in it, and listens to it. */
export function useCallboard(callboard: Callboard, path: string, theme: Theme) {
  const identity = useApi(identityApiRef);
  const frame = useRef<HTMLIFrameElement>(null);
  const form = useRef<HTMLIFrameElement>(null);
  // The name is the form's target: one of its own for each frame of the app.
  const [name] = useState(() => `callboard-${++frames}`);
  const [height, setHeight] = useState(HEIGHTS.least);
  const [state, setState] = useState<State>({ is: 'loading' });
  const [ready, setReady] = useState(0);
  const latest = useRef({ path, theme, signedIn: undefined as number | undefined });
  latest.current.theme = theme;

  const signIn = useCallback(async () => {
    latest.current.signedIn = Date.now();
    try {
      const { token } = await identity.getCredentials();
      // Without frames the tab was closed meanwhile.
      if (!frame.current || !form.current) return;
      if (!token) throw new Error('Backstage has no token for you; sign in to Backstage first');
      const { path: to, theme: scheme } = latest.current;
      postForm(form.current, callboard.session, name, { token, to, theme: scheme });
    } catch (error) {
      setState({ is: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
    }
  }, [callboard.session, identity, name]);

  useEffect(() => {
    void signIn();
  }, [signIn]);

  useEffect(() => {
    const listen = (event: MessageEvent) => {
      const message = parseMessage(event, { origin: callboard.origin, window: frame.current?.contentWindow });
      switch (message?.type) {
        case 'callboard:ready':
          setReady(count => count + 1);
          setState(shown);
          break;
        case 'callboard:height':
          setHeight(message.height);
          setState(shown);
          break;
        case 'callboard:route':
          // Where the user has got to: a new session goes on there.
          latest.current.path = message.path;
          setState({ is: 'shown' });
          break;
        case 'callboard:error':
          if (message.status === 401 && maySignIn(latest.current.signedIn, Date.now())) {
            setState({ is: 'loading' });
            void signIn();
          } else {
            setState({ is: 'refused', status: message.status, title: message.title });
          }
          break;
        default:
      }
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, [callboard.origin, signIn]);

  useEffect(() => {
    if (state.is !== 'loading') return undefined;
    const timer = setTimeout(() => setState({ is: 'silent' }), SILENCE);
    return () => clearTimeout(timer);
  }, [state.is]);

  useEffect(() => {
    const message: TabMessage = { type: 'callboard:theme', theme };
    // Before it is ready nobody listens; each new document of the frame says anew that it is.
    if (ready > 0) frame.current?.contentWindow?.postMessage(message, callboard.origin);
  }, [callboard.origin, ready, theme]);

  return { frame, form, name, height, state } satisfies { frame: RefObject<HTMLIFrameElement>; [name: string]: unknown };
}

/** A frame that says something is there, but an error stays until another page of it shows. */
const shown = (state: State): State => (state.is === 'refused' ? state : { is: 'shown' });
