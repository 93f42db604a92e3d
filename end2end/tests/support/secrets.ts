/** Members of the configuration whose value nobody else may see. */
const SECRET_MEMBER = /secret|token|password|^key$/i;
/** What is secret by its looks: a token for scripts, a JSON web token, and the code with which a provider leads back. */
const SECRET_SHAPE = [/cb_[0-9a-f]{48}/, /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/, /[?&]code=[\w-]/];
/** A shorter text may stand anywhere by chance. */
const MIN_LENGTH = 8;

/** The secrets that a server was given or made, to look for them in what it tells. */
export class Secrets {
  readonly #known = new Set<string>();

  /** Those of a configuration. */
  addOf(config: unknown, member = ""): void {
    if (typeof config === "string" && SECRET_MEMBER.test(member)) this.add(config);
    if (typeof config !== "object" || config === null) return;
    for (const [name, value] of Object.entries(config)) this.addOf(value, Array.isArray(config) ? member : name);
  }

  add(secret: string): void {
    if (secret.length >= MIN_LENGTH) this.#known.add(secret);
  }

  /** Which of them a text tells, cut short: this goes to a log as well. */
  toldBy(text: string): string[] {
    return [...this.#known].filter((secret) => text.includes(secret)).map((secret) => `${secret.slice(0, 4)}…`);
  }

  /** The same, and whatever looks like one. */
  toldOrSeenIn(text: string): string[] {
    return [...this.toldBy(text), ...SECRET_SHAPE.filter((shape) => shape.test(text)).map(String)];
  }
}
