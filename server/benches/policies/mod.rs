//! What rules cost: a decision, and a list of which some is not to be seen beside one of everything.

use std::{collections::BTreeSet, time::Instant};

use access::{Action, EntityFacts, Resource};
use policy::{Policy, Subject, SubjectKind};

use super::{milliseconds, percentile, start, time};

const DECISIONS: u32 = 10_000;
/// What a list with rules may take beside one without.
const BUDGET: f64 = 1.2;

/// Hides what three owners own, and all that is experimental.
const RULES: &str = r#"
permit (principal, action, resource);
forbid (principal, action == Action::"catalog.entity.read", resource) when {
  (resource has lifecycle && resource.lifecycle == "experimental")
  || resource.owners.containsAny([Owner::"group:default/team-1", Owner::"group:default/team-2", Owner::"group:default/team-3"])
};
"#;

/// Prints the rows.
pub(super) async fn measure(size: usize) {
    decision();
    let more = "permission: { enabled: true, policies: rules.cedar }\n\
                backend: { rateLimit: { requestsPerSecond: 0 }, auth: { externalAccess: [{ type: static, options: { token: t0ken-of-the-bench, subject: bench } }] } }\n";
    let mut medians = Vec::new();
    for rules in ["permit (principal, action, resource);", RULES] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("rules.cedar"), rules).expect("a file can be written");
        let app = start(size, folder.path(), more).await;
        let router = server::router(app.state.clone());
        let begun = Instant::now();
        super::answer(&router, "/api/catalog/entities/by-query?limit=1").await;
        let first = begun.elapsed();
        let mut of_rules = Vec::new();
        for path in [
            "/api/v1/catalog/entities?kind=component",
            "/api/catalog/entities/by-query?filter=kind=component&limit=50&orderField=metadata.name,asc",
            "/api/catalog/entity-facets?facet=spec.type&facet=spec.lifecycle&facet=metadata.tags",
            "/api/v1/catalog/search?q=serv",
        ] {
            let times = time(&router, path).await;
            of_rules.push((path, percentile(&times, 50), percentile(&times, 99)));
        }
        medians.push((milliseconds(first), of_rules));
        app.stop().await;
    }
    let [(_, open), (first, filtered)] = &medians[..] else { return };
    println!("{:<46} {size:>9} {first:>9.2} {:>9}   once a base and profile", "policy, the first question", "");
    for ((path, without, _), (_, with, p99)) in open.iter().zip(filtered) {
        let name: String = format!("filtered {path}").chars().take(46).collect();
        let ratio = with / without;
        println!(
            "{name:<46} {size:>9} {with:>9.2} {p99:>9.2}   open {without:.2} ms, ratio {ratio:.2}, budget {BUDGET}"
        );
    }
}

fn decision() {
    let policy = Policy::builtin();
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
    let subject = Subject {
        kind: SubjectKind::Person,
        id: "user:default/alice".to_owned(),
        roles: set(&["developer"]),
        owners: set(&["group:default/shop", "group:default/retail", "user:default/alice"]),
    };
    let entity = EntityFacts {
        entity_ref: "component:default/web".to_owned(),
        kind: "component".to_owned(),
        namespace: "default".to_owned(),
        owners: set(&["group:default/shop"]),
        ..EntityFacts::default()
    };
    let begun = Instant::now();
    for _ in 0..DECISIONS {
        assert!(policy.decide(&subject, Action::RefreshEntities, Resource::Entity(&entity)).is_allowed());
    }
    let each = begun.elapsed() / DECISIONS;
    println!("{:<46} {:>9} {:>9.3}", "policy, one decision", "", milliseconds(each));
}
