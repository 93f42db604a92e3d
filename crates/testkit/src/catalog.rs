//! Catalogs of any size.
#![expect(clippy::format_push_string, reason = "shorter than `write!`, and its cost does not matter here")]

use std::fmt::Write as _;

use crate::random::Random;

/// Percent of the entities of each kind; what is left are components.
const GROUPS: usize = 5;
const USERS: usize = 14;
const DOMAINS: usize = 1;
const SYSTEMS: usize = 5;
const RESOURCES: usize = 15;
const APIS: usize = 18;

const SUBJECTS: [&str; 24] = [
    "account",
    "basket",
    "billing",
    "booking",
    "catalog",
    "checkout",
    "claims",
    "delivery",
    "fraud",
    "identity",
    "invoice",
    "ledger",
    "loyalty",
    "media",
    "notification",
    "order",
    "payment",
    "price",
    "quota",
    "refund",
    "search",
    "shipment",
    "stock",
    "warehouse",
];
const ROLES: [&str; 10] =
    ["api", "service", "worker", "gateway", "store", "sync", "import", "export", "console", "scheduler"];
const TAGS: [&str; 12] =
    ["java", "kotlin", "go", "rust", "python", "typescript", "react", "kafka", "postgres", "pci", "internal", "grpc"];
const FIRST_NAMES: [&str; 10] =
    ["ada", "alan", "barbara", "dennis", "edsger", "grace", "ken", "linus", "margaret", "niklaus"];
const LAST_NAMES: [&str; 10] =
    ["adams", "brown", "clark", "davis", "evans", "ford", "green", "hill", "ivanov", "jones"];
const LIFECYCLES: [&str; 5] = ["production", "production", "production", "experimental", "deprecated"];

/// The file that leads to all others.
pub const ROOT: &str = "catalog-info.yaml";

/// Files of a catalog with `count` entities in all, at least 20: paths relative to one folder, and their text.
///
/// The same seed yields the same files. All references resolve. Groups, users and systems stand in a file each kind, a
/// component in one with its API and its resource, as in a repository.
pub fn generate(count: usize, seed: u64) -> Vec<(String, String)> {
    let mut generator = Generator::new(count.max(20), seed);
    let mut files = vec![(ROOT.to_owned(), root())];
    files.push(("org/groups.yaml".to_owned(), join((0..generator.groups).map(|at| generator.group(at)))));
    files.push(("org/users.yaml".to_owned(), join((0..generator.users).map(|at| generator.user(at)))));
    files.push(("domains.yaml".to_owned(), join((0..generator.domains).map(|at| generator.domain(at)))));
    files.push(("systems.yaml".to_owned(), join((0..generator.systems).map(|at| generator.system(at)))));
    for at in 0..generator.components {
        let mut documents = vec![generator.component(at)];
        if at < generator.apis {
            documents.push(generator.api(at));
        }
        if at < generator.resources {
            documents.push(generator.resource(at));
        }
        files.push((format!("services/{}/catalog-info.yaml", component_name(at)), join(documents.into_iter())));
    }
    files
}

/// The documents of a catalog in other files: as many in each as `per_file`, at least 1, beside one that leads to them.
pub fn pack(files: &[(String, String)], per_file: usize) -> Vec<(String, String)> {
    let root = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: packed-catalog\nspec:\n  target: ./part-*.yaml\n";
    let others = files.iter().filter(|(name, _)| name != ROOT);
    let documents: Vec<&str> = others.flat_map(|(_, text)| text.split("---\n")).collect();
    let parts = documents.chunks(per_file.max(1)).enumerate();
    let part = |(at, documents): (usize, &[&str])| (format!("part-{at:06}.yaml"), documents.join("---\n"));
    std::iter::once((ROOT.to_owned(), root.to_owned())).chain(parts.map(part)).collect()
}

fn root() -> String {
    "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: generated-catalog\nspec:\n  targets:\n    \
     - ./org/*.yaml\n    - ./domains.yaml\n    - ./systems.yaml\n    - ./services/*/catalog-info.yaml\n"
        .to_owned()
}

fn join(documents: impl Iterator<Item = String>) -> String {
    documents.collect::<Vec<_>>().join("---\n")
}

fn component_name(at: usize) -> String {
    format!("{}-{}-{at:05}", SUBJECTS[at % SUBJECTS.len()], ROLES[at / SUBJECTS.len() % ROLES.len()])
}

fn api_name(at: usize) -> String {
    format!("{}-http", component_name(at))
}

fn resource_name(at: usize) -> String {
    format!("{}-db", component_name(at))
}

fn group_name(at: usize) -> String {
    format!("team-{}-{at:03}", SUBJECTS[at % SUBJECTS.len()])
}

fn system_name(at: usize) -> String {
    format!("{}-system-{at:03}", SUBJECTS[at % SUBJECTS.len()])
}

fn domain_name(at: usize) -> String {
    format!("{}-domain-{at:02}", SUBJECTS[at % SUBJECTS.len()])
}

struct Generator {
    random: Random,
    groups: usize,
    users: usize,
    domains: usize,
    systems: usize,
    resources: usize,
    apis: usize,
    components: usize,
}

impl Generator {
    fn new(count: usize, seed: u64) -> Self {
        let share = |percent: usize| (count * percent / 100).max(1);
        let (groups, users, domains, systems) = (share(GROUPS), share(USERS), share(DOMAINS), share(SYSTEMS));
        let (resources, apis) = (share(RESOURCES), share(APIS));
        // The root location is an entity, too.
        let components = count - 1 - groups - users - domains - systems - resources - apis;
        Self { random: Random::new(seed), groups, users, domains, systems, resources, apis, components }
    }

    fn owner(&mut self) -> String {
        let at = self.random.below(self.groups);
        let name = group_name(at);
        if self.random.chance(30) { format!("group:default/{name}") } else { name }
    }

    /// What comes before `spec`.
    fn head(&mut self, kind: &str, name: &str) -> String {
        let subject = *self.random.pick(&SUBJECTS);
        let mut text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n  title: {}\n  \
             description: Keeps the {subject} data of {name} and answers for it; runbook {}.\n",
            name.replace('-', " "),
            self.random.below(500),
        );
        write!(
            text,
            "  labels:\n    acme.example/region: {}\n    acme.example/tier: '{}'\n  annotations:\n    \
             github.com/project-slug: acme/{name}\n    backstage.io/source-location: url:https://git.example/acme/{name}/\n    \
             backstage.io/techdocs-ref: dir:.\n    backstage.io/kubernetes-id: {name}\n    acme.example/cost-center: CC-{:04}\n    \
             acme.example/pager: P{:05}\n",
            self.random.pick(&["emea", "apac", "amer"]),
            self.random.below(4),
            self.random.below(400),
            self.random.below(100_000),
        )
        .expect("writing to a string does not fail");
        let first = self.random.below(TAGS.len());
        text += "  tags:\n";
        for step in 0..=self.random.below(3) {
            text += &format!("    - {}\n", TAGS[(first + step * 5) % TAGS.len()]);
        }
        text += &format!(
            "  links:\n    - url: https://dash.example/{name}\n      title: Dashboard\n      icon: dashboard\n    \
             - url: https://wiki.example/{name}\n      title: Runbook\n      type: runbook\n"
        );
        text
    }

    fn group(&mut self, at: usize) -> String {
        let name = group_name(at);
        let mut text = self.head("Group", &name);
        let team_type = if at == 0 { "root" } else { "team" };
        text += &format!(
            "spec:\n  type: {team_type}\n  profile:\n    displayName: {}\n    email: {name}@acme.example\n",
            name.replace('-', " ")
        );
        if at > 0 {
            text += &format!("  parent: {}\n", group_name((at - 1) / 8));
        }
        text + "  children: []\n"
    }

    fn user(&mut self, at: usize) -> String {
        let (first, last) = (FIRST_NAMES[at % 10], LAST_NAMES[at / 10 % 10]);
        let name = format!("{first}.{last}.{at}");
        let group = self.owner();
        format!(
            "{}spec:\n  profile:\n    displayName: {first} {last}\n    email: {name}@acme.example\n  memberOf:\n    - {group}\n",
            self.head("User", &name)
        )
    }

    fn domain(&mut self, at: usize) -> String {
        let name = domain_name(at);
        format!("{}spec:\n  owner: {}\n  type: product-area\n", self.head("Domain", &name), self.owner())
    }

    fn system(&mut self, at: usize) -> String {
        let name = system_name(at);
        let domain = domain_name(at % self.domains);
        format!("{}spec:\n  owner: {}\n  domain: {domain}\n", self.head("System", &name), self.owner())
    }

    fn resource(&mut self, at: usize) -> String {
        let name = resource_name(at);
        let resource_type = *self.random.pick(&["database", "s3-bucket", "kafka-topic", "kubernetes-cluster"]);
        let system = system_name(at % self.systems);
        format!(
            "{}spec:\n  type: {resource_type}\n  owner: {}\n  system: {system}\n",
            self.head("Resource", &name),
            self.owner()
        )
    }

    fn api(&mut self, at: usize) -> String {
        let name = api_name(at);
        let lifecycle = *self.random.pick(&LIFECYCLES);
        let system = system_name(at % self.systems);
        format!(
            "{}spec:\n  type: openapi\n  lifecycle: {lifecycle}\n  owner: {}\n  system: {system}\n  definition: |\n    \
             openapi: 3.1.0\n    info:\n      title: {name}\n      version: 1.0.0\n    paths: {{}}\n",
            self.head("API", &name),
            self.owner()
        )
    }

    fn component(&mut self, at: usize) -> String {
        let name = component_name(at);
        let component_type = *self.random.pick(&["service", "service", "service", "website", "library", "job"]);
        let lifecycle = *self.random.pick(&LIFECYCLES);
        let mut text = format!(
            "{}spec:\n  type: {component_type}\n  lifecycle: {lifecycle}\n  owner: {}\n  system: {}\n",
            self.head("Component", &name),
            self.owner(),
            system_name(at % self.systems),
        );
        if at < self.apis {
            text += &format!("  providesApis:\n    - {}\n", api_name(at));
        }
        let (consumed, needed) = (self.random.below(self.apis), self.random.below(self.components));
        text += &format!("  consumesApis:\n    - {}\n", api_name(consumed));
        text += "  dependsOn:\n";
        if at < self.resources {
            text += &format!("    - resource:{}\n", resource_name(at));
        }
        text + &format!("    - component:{}\n", component_name(needed))
    }
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn the_same_seed_yields_the_same_catalog_of_the_size_that_was_asked_for() {
        for count in [20, 100, 1_234] {
            let files = generate(count, 7);
            let entities: usize = files.iter().map(|(_, text)| text.matches("apiVersion:").count()).sum();
            assert_eq!(entities, count);
            assert_eq!(files, generate(count, 7));
            assert_ne!(files, generate(count, 8));
        }
    }
}
