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
  // The rules of the format refuse markup in a label: the message that says so repeats it.
  component("bad-label", { labels: { "acme.example/markup": MARKUP } }),
  component("labelled", { labels: { "acme.example/team": "a".repeat(63) }, annotations: { [`acme.example/${"k".repeat(63)}`]: MARKUP } }, {
    owner: "no-such-owner",
    note: MARKUP,
    homepage: "javascript:document.title='run'",
  }),
  component("many-tags", { tags: Array.from({ length: 500 }, (_, n) => `tag-${n}-${"t".repeat(50)}`) }),
  { apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name: LONG_NAME }, spec: { type: "team", children: [], profile: { displayName: MARKUP, email: MARKUP, picture: "https://pictures.example/p.png" } } },
  { apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name: "markup", description: MARKUP, title: MARKUP }, spec: { type: MARKUP, parent: LONG_NAME, children: [] } },
  {
    apiVersion: "backstage.io/v1alpha1",
    kind: "User",
    metadata: { name: "markup", title: EMOJI },
    spec: { memberOf: [LONG_NAME, "markup"], profile: { displayName: RIGHT_TO_LEFT, email: "javascript:alert(1)", picture: "javascript:document.title='run'" } },
  },
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
  ["/catalog/default/group/markup", RIGHT_TO_LEFT],
  ["/catalog/default/user/markup", MARKUP],
  ["/catalog/default/component/labelled", MARKUP],
  ["/catalog/default/component/markup/raw", "alert(1)"],
  [`/catalog/default/component/${LONG_NAME}/raw`, LONG_NAME],
  ["/catalog/default/component/markup/unregister", MARKUP],
  [`/catalog/default/component/${LONG_NAME}/unregister`, LONG_NAME],
  ["/catalog/organization", MARKUP],
  [`/catalog/organization?text=${encodeURIComponent(MARKUP)}`, MARKUP],
  ["/catalog/problems", "no-such-owner"],
];

/** How many entities the {@link crowdedCatalog} has to do with its hub. */
export const CROWD = 5_000;

const crowd = Array.from({ length: CROWD }, (_, n) => component(`part-${n}`, {}, { owner: "crowd", system: "hub" }));
const nowhere = Array.from({ length: CROWD }, (_, n) => `component:nowhere-${n}`);

/** A system of 5,000 parts, the group that owns them, and a component with 5,000 references to nothing. */
export const crowdedCatalog = {
  "catalog-info.yaml": [
    ...crowd,
    { apiVersion: "backstage.io/v1alpha1", kind: "System", metadata: { name: "hub" }, spec: { owner: "crowd" } },
    { apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name: "crowd" }, spec: { type: "team", children: [] } },
    component("lost", {}, { owner: "crowd", dependsOn: nowhere }),
  ].map((entity) => JSON.stringify(entity)).join("\n---\n"),
};
