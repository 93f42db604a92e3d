/**
 * Posts fields into the frame of this name, by a form in a hidden frame of ours.
 *
 * The form is not in the app's own document because of the policy there: Backstage's default is `Referrer-Policy: no-referrer`, under
 * which browsers send `Origin: null`, and Callboard could not tell who posts. In a document of its own the form has a policy of its own.
 */
export function postForm(hidden: HTMLIFrameElement, action: string, target: string, fields: Record<string, string>): void {
  const page = hidden.contentDocument;
  if (!page) throw new Error('the hidden frame of the sign-in has no document; reload');
  const policy = page.createElement('meta');
  policy.name = 'referrer';
  policy.content = 'strict-origin';
  page.head.replaceChildren(policy);
  const form = page.createElement('form');
  Object.assign(form, { method: 'post', action, target });
  for (const [name, value] of Object.entries(fields)) {
    const field = page.createElement('input');
    Object.assign(field, { type: 'hidden', name, value });
    form.append(field);
  }
  page.body.replaceChildren(form);
  form.submit();
  // The fields are read by now, and the token need not stay in the page.
  form.replaceChildren();
}
