use std::{collections::BTreeSet, fs, sync::Arc};

use access::{Action, Authoriser as _, Decision, EntityFacts, Person, Principal, Readable, Resource};

use crate::{GroupDirectory, Policy, PolicyAuthoriser, PolicyFile, RoleMapping, Subject, SubjectKind, Verdict};

fn subject(kind: SubjectKind, roles: &[&str], owners: &[&str]) -> Subject {
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Subject { kind, id: "somebody".to_owned(), roles: set(roles), owners: set(owners) }
}

fn web() -> EntityFacts {
    EntityFacts {
        entity_ref: "component:default/web".to_owned(),
        kind: "component".to_owned(),
        namespace: "default".to_owned(),
        entity_type: Some("website".to_owned()),
        lifecycle: None,
        tags: BTreeSet::from(["rust".to_owned()]),
        owners: BTreeSet::from(["group:default/shop".to_owned()]),
    }
}

fn policy(text: &str) -> Policy {
    Policy::new(&[file(text)]).unwrap()
}

fn file(text: &str) -> PolicyFile {
    PolicyFile { name: "own.cedar".to_owned(), text: text.to_owned() }
}

#[test]
fn each_role_does_what_the_compiled_in_rules_say_and_nothing_else() {
    use Action::{
        AnalyzeLocations, CreateLocations, DeleteEntities, DeleteLocations, PushEntities, ReadAudit, ReadEntities,
        ReadLocations, RefreshEntities, ValidateEntities,
    };
    let policy = Policy::builtin();
    let reading = [ReadEntities, ReadLocations];
    let checking = [ValidateEntities, AnalyzeLocations];
    let owning = [RefreshEntities, DeleteEntities];
    let platform = [
        RefreshEntities,
        ValidateEntities,
        CreateLocations,
        DeleteLocations,
        AnalyzeLocations,
        PushEntities,
        ReadAudit,
    ];
    let shop = ["group:default/shop"];
    for (kind, roles, owners, allowed) in [
        (SubjectKind::Guest, &[][..], &[][..], vec![&reading[..]]),
        (SubjectKind::Person, &[], &shop[..], vec![&reading]),
        (SubjectKind::Person, &["developer"], &["group:default/other"], vec![&reading, &checking]),
        (SubjectKind::Person, &["developer"], &shop, vec![&reading, &checking, &owning]),
        (SubjectKind::Person, &["platform"], &[], vec![&reading, &platform]),
        (SubjectKind::Person, &["admin"], &[], vec![&Action::ALL]),
        (SubjectKind::Service, &[], &[], vec![&Action::ALL]),
        (SubjectKind::Person, &["Admin", "root"], &[], vec![&reading]),
    ] {
        let allowed = allowed.concat();
        let who = subject(kind, roles, owners);
        let web = web();
        for action in Action::ALL {
            let resource = match action {
                ReadEntities | RefreshEntities | DeleteEntities => Resource::Entity(&web),
                _ => Resource::Catalog,
            };
            let verdict = policy.decide(&who, action, resource);
            assert_eq!(verdict.is_allowed(), allowed.contains(&action), "{who:?} {action:?}: {verdict:?}");
        }
    }
    assert!(policy.reads_all());
}

#[test]
fn a_whole_source_is_read_again_by_the_platform_team_alone() {
    let policy = Policy::builtin();
    for (role, expected) in [("developer", false), ("platform", true), ("admin", true)] {
        let who = subject(SubjectKind::Person, &[role], &["group:default/shop"]);
        assert_eq!(policy.decide(&who, Action::RefreshEntities, Resource::Catalog).is_allowed(), expected, "{role}");
    }
}

#[test]
fn why_not_names_the_rule_and_what_it_says() {
    let who = subject(SubjectKind::Person, &["developer"], &[]);
    let verdict = Policy::builtin().decide(&who, Action::DeleteEntities, Resource::Entity(&web()));
    assert_eq!(
        verdict.reason(),
        "what allows it is `owners-act` (developers act on what they or their groups own) and 1 more"
    );
    let frozen = policy(
        "permit (principal, action, resource);
         @id(\"frozen\") @reason(\"the shop is frozen until January\")
         forbid (principal, action == Action::\"catalog.entity.delete\", resource) when { resource.tags.contains(\"rust\") };",
    );
    let verdict = frozen.decide(&who, Action::DeleteEntities, Resource::Entity(&web()));
    assert_eq!(verdict.reason(), "forbidden by `frozen` (the shop is frozen until January)");
    let verdict = frozen.decide(&who, Action::ReadEntities, Resource::Entity(&web()));
    assert_eq!(verdict.reason(), "allowed by `own.cedar#1`");
    let nothing = policy("forbid (principal, action, resource);");
    assert!(matches!(nothing.decide(&who, Action::ReadLocations, Resource::Catalog), Verdict::Forbidden(_)));
}

#[test]
fn policies_that_can_not_be_used_are_refused_by_file_line_and_column() {
    for (text, expected) in [
        ("permit (principal, action, resource)\n", "own.cedar:1:37: "),
        ("\n\npermit (principal, action, ressource);", "own.cedar:3:28: "),
        ("permit (principal, action == Action::\"catalog.entity.raed\", resource);", "own.cedar:1:30: "),
        ("permit (principal, action, resource is Entity)\nwhen { resource.ownr == \"x\" };", "own.cedar:2:"),
        ("permit (principal, action, resource is Entity)\nwhen { resource.lifecycle == \"x\" };", "own.cedar:2:"),
        ("permit (principal == ?principal, action, resource);", "own.cedar: `?principal`"),
        (
            "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
            "own.cedar: the rule `a`",
        ),
        ("forbid (principal, action, resource) when { false };", "own.cedar"),
    ] {
        let error = Policy::new(&[file(text)]).err().unwrap_or_else(|| panic!("accepted: {text}")).to_string();
        assert!(error.starts_with(expected), "{text}\n{error}");
    }
}

#[test]
fn a_rule_that_fails_denies_whatever_others_say() {
    let overflow = policy(
        "permit (principal, action, resource);
         forbid (principal, action == Action::\"catalog.location.create\", resource)
         when { 9223372036854775807 + 1 > 0 };",
    );
    let who = subject(SubjectKind::Person, &["admin"], &[]);
    let verdict = overflow.decide(&who, Action::CreateLocations, Resource::Catalog);
    assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
    assert!(overflow.decide(&who, Action::ReadLocations, Resource::Catalog).is_allowed());
}

#[test]
fn texts_of_entities_are_no_cedar() {
    let mut entity = web();
    entity.entity_ref = "component:default/x\"; permit (principal, action, resource); //".to_owned();
    entity.namespace = "\" || true || \"".to_owned();
    let policy = policy(
        "permit (principal, action == Action::\"catalog.entity.read\", resource) when { resource.namespace == \"open\" };",
    );
    let who = subject(SubjectKind::Guest, &["\"}"], &[]);
    assert!(!policy.decide(&who, Action::ReadEntities, Resource::Entity(&entity)).is_allowed());
}

#[test]
fn what_rules_of_reading_look_at_is_found_in_their_text() {
    use access::Attribute;
    let policy = policy(
        "permit (principal, action == Action::\"catalog.entity.read\", resource)
         when { resource has lifecycle && resource.lifecycle == \"production\" };
         permit (principal == Person::\"user:default/alice\", action, resource == Entity::\"component:default/web\");
         forbid (principal, action == Action::\"catalog.entity.delete\", resource) when { resource.kind == \"group\" };",
    );
    assert!(!policy.reads_all());
    assert_eq!(policy.read_attributes(), [Attribute::Lifecycle]);
    assert_eq!(policy.named(), &BTreeSet::from(["component:default/web".to_owned()]));
    assert!(policy.names_principals());
}

#[test]
fn reading_is_open_only_where_no_rule_could_forbid_it() {
    let open = "permit (principal, action, resource);";
    for (text, expected) in [
        (open.to_owned(), true),
        (format!("{open} forbid (principal, action == Action::\"catalog.entity.delete\", resource);"), true),
        (
            format!(
                "{open} forbid (principal, action in [Action::\"catalog.entity.read\"], resource) when {{ resource.kind == \"api\" }};"
            ),
            false,
        ),
        (format!("{open} forbid (principal is Guest, action, resource);"), false),
        ("permit (principal is Person, action, resource);".to_owned(), false),
        ("permit (principal, action, resource is Entity);".to_owned(), false),
        ("permit (principal, action, resource) unless { principal in Role::\"x\" };".to_owned(), false),
    ] {
        assert_eq!(policy(&text).reads_all(), expected, "{text}");
    }
}

struct Groups;

impl GroupDirectory for Groups {
    fn groups_of(&self, user_ref: &str) -> Vec<String> {
        if user_ref == "user:default/alice" { vec!["group:default/shop".to_owned()] } else { Vec::new() }
    }

    /// `shop` below `retail` below `acme` below `shop` again.
    fn parents_of(&self, group_ref: &str) -> Vec<String> {
        let parent = match group_ref {
            "group:default/shop" => "group:default/retail",
            "group:default/retail" => "group:default/acme",
            "group:default/acme" => "group:default/shop",
            _ => return Vec::new(),
        };
        vec![parent.to_owned()]
    }
}

fn person(entity_ref: Option<&str>, claims: &[&str]) -> Principal {
    Principal::person(Person {
        issuer: "https://id.example".to_owned(),
        subject: "4711".to_owned(),
        name: "Alice".to_owned(),
        entity_ref: entity_ref.map(str::to_owned),
        claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
    })
}

fn mapping() -> RoleMapping {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    RoleMapping {
        roles: [
            ("platform".to_owned(), names(&["group:default/acme", "external:ci"])),
            ("auditor".to_owned(), names(&["claim:Auditors"])),
        ]
        .into(),
        default_roles: names(&["developer"]),
    }
    .with_admins(&names(&["user:default/root", "0815 at https://id.example"]))
}

#[test]
fn roles_come_from_the_mapping_and_groups_from_catalog_and_claims() {
    let authoriser = PolicyAuthoriser::new(Policy::builtin(), mapping(), Arc::new(Groups));
    let told = |authoriser: &PolicyAuthoriser, principal: &Principal| {
        let subject = authoriser.subject(principal);
        let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
        (list(subject.roles), list(subject.owners))
    };
    let of = |roles: &str, owners: &str| (roles.to_owned(), owners.to_owned());
    let alice = person(Some("user:default/alice"), &[]);
    assert_eq!(told(&authoriser, &alice), of("developer", "group:default/shop user:default/alice"));
    // Nobody in the catalog: no role, unless the mapping gives one; a claim adds the group of its name and no role by itself.
    assert_eq!(told(&authoriser, &person(None, &[])), of("", ""));
    assert_eq!(
        told(&authoriser, &person(None, &["admin", "group:other/Team", "a/b:c"])),
        of("", "group:default/admin group:other/team")
    );
    assert_eq!(told(&authoriser, &person(None, &["auditors"])).0, "auditor");
    assert_eq!(told(&authoriser, &person(None, &["acme"])).0, "platform");
    assert_eq!(told(&authoriser, &person(Some("user:default/root"), &[])).0, "admin developer");
    assert_eq!(told(&authoriser, &Principal::service("ci")).0, "platform");
    assert_eq!(told(&authoriser, &Principal::guest()), of("", ""));
    let with_ancestors = authoriser.with_ancestors(true);
    let expected =
        of("developer platform", "group:default/acme group:default/retail group:default/shop user:default/alice");
    assert_eq!(told(&with_ancestors, &alice), expected);
}

#[test]
fn who_is_not_let_in_is_refused_before_any_rule() {
    let authoriser = PolicyAuthoriser::new(Policy::builtin(), mapping(), Arc::new(Groups));
    let denied = authoriser.check(&Principal::guest(), Action::ReadEntities, Resource::Catalog).unwrap_err();
    assert_eq!(denied.rule, None);
    let open = authoriser.lets_guests_in(true);
    assert_eq!(open.decide(&Principal::guest(), Action::ReadEntities, Resource::Catalog), Decision::Allow);
    assert!(matches!(open.readable(&Principal::guest()), Readable::All));
    let denied = open.check(&Principal::guest(), Action::CreateLocations, Resource::Catalog).unwrap_err();
    assert_eq!(denied.rule.as_deref(), Some("platform-runs-the-catalog"));
}

#[test]
fn a_folder_of_policies_is_read_in_the_order_of_names_and_an_empty_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(PolicyFile::read(folder.path()).unwrap_err().to_string().contains("holds no file `*.cedar`"));
    for name in ["b.cedar", "a.cedar", "notes.txt"] {
        fs::write(folder.path().join(name), "permit (principal, action, resource);").unwrap();
    }
    let files = PolicyFile::read(folder.path()).unwrap();
    assert_eq!(files.len(), 2);
    assert!(files[0].name.ends_with("a.cedar"));
    fs::write(folder.path().join("c.cedar"), " ".repeat(300_000)).unwrap();
    assert!(PolicyFile::read(folder.path()).unwrap_err().to_string().contains("more than 262144 bytes"));
    assert!(PolicyFile::read(&folder.path().join("missing")).unwrap_err().to_string().starts_with("can not read"));
}
