/** Text that runs, closes what stands open, or breaks out of an attribute, wherever it is taken for HTML. */
export const MARKUP = `</script></title><img src=x onerror="document.title='run'"><script>document.title='run'</script>"'><svg onload=alert(1)> {{7*7}}`;
const UNBROKEN = "x".repeat(300);
const RIGHT_TO_LEFT = "\u202eخدمة الدفع ‏(v2)\u202c";
const EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈".repeat(20);
const LONG_NAME = "n".repeat(63);

function component(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: { name, ...metadata },
    spec: { type: "service", lifecycle: "production", owner: LONG_NAME, ...spec },
  };
}

/** What somebody with a file in the catalog could try on those who read it. */
const entities: object[] = [
  component("markup", {
    title: MARKUP,
    description: MARKUP,
    annotations: {
      "acme.example/markup": MARKUP,
      "backstage.io/view-url": "javascript:document.title='run'",
      "backstage.io/edit-url": "JaVaScRiPt:document.title='run'",
      "backstage.io/source-location": "url:data:text/html,<script>alert(1)</script>",
    },
    links: [
      { url: "javascript:document.title='run'", title: "Press me" },
      { url: "data:text/html,<script>alert(1)</script>", title: MARKUP },
      { url: "https://acme.example/\"><script>alert(1)</script>", title: "quoted" },
    ],
  }, { type: MARKUP, lifecycle: MARKUP }),
  component("unbroken", { title: UNBROKEN, description: UNBROKEN, annotations: { "acme.example/unbroken": UNBROKEN } }, { type: UNBROKEN, lifecycle: UNBROKEN }),
  component("right-to-left", { title: RIGHT_TO_LEFT, description: RIGHT_TO_LEFT }),
  component("emoji", { title: EMOJI, description: EMOJI }),
  component(LONG_NAME, {}, { system: LONG_NAME, dependsOn: [`component:${LONG_NAME}/${LONG_NAME}`] }),
  component("many-tags", { tags: Array.from({ length: 500 }, (_, n) => `tag-${n}-${"t".repeat(50)}`) }),
  { apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name: LONG_NAME }, spec: { type: "team", children: [], profile: { displayName: MARKUP, email: MARKUP } } },
  { apiVersion: "backstage.io/v1alpha1", kind: "System", metadata: { name: LONG_NAME, title: UNBROKEN }, spec: { owner: LONG_NAME } },
];

export const hostileCatalog = { "catalog-info.yaml": entities.map((entity) => JSON.stringify(entity)).join("\n---\n") };

/** The pages that show it, each with what must be on it. */
export const hostilePages: [address: string, text: string][] = [
  ["/catalog", MARKUP],
  ["/catalog?filters[kind]=all", RIGHT_TO_LEFT],
  [`/catalog?filters[text]=${encodeURIComponent(MARKUP)}`, MARKUP],
  ["/catalog/default/component/markup", MARKUP],
  ["/catalog/default/component/unbroken", UNBROKEN],
  ["/catalog/default/component/right-to-left", RIGHT_TO_LEFT],
  ["/catalog/default/component/emoji", EMOJI],
  [`/catalog/default/component/${LONG_NAME}`, LONG_NAME],
  ["/catalog/default/component/many-tags", "tag-499-"],
  [`/catalog/default/group/${LONG_NAME}`, MARKUP],
];
