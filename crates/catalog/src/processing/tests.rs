use std::collections::HashMap;

use model::catalog::{Position, ProblemCode};
use serde_json::{Value, json};

use super::*;
use crate::descriptor::parse;

#[derive(Default)]
struct Files(HashMap<&'static str, &'static str>);

impl Include for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "it does not exist".to_owned())
    }
}

fn process_with(text: &str, rules: Option<&Rules>, files: &Files) -> Result<ProcessedEntity, RefusedDocument> {
    let limits = Limits::default();
    let parsed = parse(text.as_bytes(), &limits);
    assert_eq!(parsed.errors, [], "{text}");
    let kinds = KindRegistry::core();
    let context = Context {
        links: SourceLinks::default(),
        commit: None,
        budget: Budget::of(&limits),
        kinds: &kinds,
        limits: &limits,
        rules,
        include: files,
        location: "file:/srv/web/catalog-info.yaml",
        origin: "file:/srv/*/catalog-info.yaml",
    };
    process(&parsed.documents[0], &context)
}

fn body(text: &str) -> Value {
    let entity = process_with(text, None, &Files::default()).unwrap();
    serde_json::from_str(&entity.body.json).unwrap()
}

/// `line:column message` of each problem.
fn problems(text: &str) -> Vec<String> {
    let problems = match process_with(text, None, &Files::default()) {
        Ok(entity) => entity.problems,
        Err(refused) => refused.problems,
    };
    problems.into_iter().map(shown).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "so that `map(shown)` reads well")]
fn shown(problem: Problem) -> String {
    let Position { line, column } = problem.position.unwrap();
    format!("{line}:{column} {}", problem.message)
}

const SYSTEM: &str = "\
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: Web
spec:
  owner: team-a
";

#[test]
fn an_entity_gets_its_namespace_and_where_it_comes_from() {
    assert_eq!(
        body(SYSTEM),
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "System",
            "metadata": {
                "name": "Web",
                "namespace": "default",
                "annotations": {
                    "backstage.io/managed-by-location": "file:/srv/web/catalog-info.yaml",
                    "backstage.io/managed-by-origin-location": "file:/srv/*/catalog-info.yaml",
                },
            },
            "spec": {"owner": "team-a"},
        })
    );
}

#[test]
fn what_only_the_catalog_says_is_dropped_and_the_rest_kept_in_its_order() {
    let text = "\
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  z: {more: [1, 2]}
  name: web
  uid: x
  etag: y
  annotations:
    example.com/z: 'yes'
    backstage.io/managed-by-location: url:elsewhere
spec: {owner: a, extra: true}
relations: []
status: {}
";
    let entity = process_with(text, None, &Files::default()).unwrap();
    let place = "\"backstage.io/managed-by-location\":\"file:/srv/web/catalog-info.yaml\"";
    let origin = "\"backstage.io/managed-by-origin-location\":\"file:/srv/*/catalog-info.yaml\"";
    assert_eq!(
        entity.body.json,
        format!(
            "{{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"System\",\"metadata\":{{\"z\":{{\"more\":[1,2]}},\"name\":\"web\",\
             \"annotations\":{{\"example.com/z\":\"yes\",{place},{origin}}},\"namespace\":\"default\"}},\
             \"spec\":{{\"owner\":\"a\",\"extra\":true}}}}"
        )
    );
    assert_eq!(entity.entity_ref, "system:default/web");
    assert_eq!(entity.body_hash, BodyHash::of(&entity.body.json));
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place() {
    let text = "\
apiVersion: backstage.io/v1alpha1
kind: Component
extra: 1
metadata:
  name: -bad-
  namespace: Upper
  title: ''
  labels: {ok: 1, 'a b': x, c: 'no no'}
  annotations: {a: true, '/b': x}
  tags: [ok, Not Ok, 7]
  links:
    - url: /relative
    - title: x
    - url: https://example.com
      icon: a b
spec:
  type: service
  lifecycle: 1
  dependsOn: [db, 'resource:']
";
    assert_eq!(
        problems(text),
        [
            "3:1 `extra` is not known at the top level",
            "5:3 `metadata.name` `-bad-` is not valid: expected 1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends",
            "6:3 `metadata.namespace` `Upper` is not valid: expected 1 to 63 lower-case letters, digits or hyphens, with no hyphen at either end",
            "7:3 `metadata.title` must not be empty",
            "8:12 `metadata.labels.ok` must be a text, found the number `1`: put it in quotes",
            "8:19 label key `a b` is not valid: expected a name of 1 to 63 letters, digits, `-`, `_` or `.`, with an optional domain and `/` before it",
            "8:29 label value `no no` is not valid: expected nothing, or 1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends",
            "9:17 `metadata.annotations.a` must be a text, found `true`: put it in quotes",
            "9:26 annotation key `/b` is not valid: expected a name of 1 to 63 letters, digits, `-`, `_` or `.`, with an optional domain and `/` before it",
            "10:14 tag `Not Ok` is not valid: expected 1 to 63 lower-case letters, digits, `:`, `+` or `#`, in words joined by single hyphens",
            "10:22 `metadata.tags.2` must be a text, found the number `7`: put it in quotes",
            "12:7 `metadata.links.0.url` must be an absolute URL, found `/relative`: relative URL without a base",
            "13:7 `metadata.links.1.url` is missing",
            "15:7 `metadata.links.2.icon` `a b` is not valid: expected 1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends",
            "16:1 `spec.owner` is missing",
            "18:3 `spec.lifecycle` must be a text, found the number `1`: put it in quotes",
            "19:15 entity ref `db` has no kind; write it as `kind:namespace/name`",
            "19:19 `resource:` is no entity ref; expected `[kind:][namespace/]name`",
        ]
    );
}

#[test]
fn a_document_that_is_no_entity_says_what_it_lacks() {
    let table: [(&str, &[&str]); 6] = [
        ("- a\n", &["1:1 a document must be an object, found a list"]),
        ("just text\n", &["1:1 a document must be an object, found `just text`"]),
        (
            "a: 1\n",
            &[
                "1:1 `a` is not known at the top level",
                "1:1 `apiVersion` is missing",
                "1:1 `kind` is missing",
                "1:1 `metadata` is missing",
            ],
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
            &[
                "2:1 kind `Pod` is not known; known are Component, API, System, Domain, Resource, Group, User, Template, Location, AiResource, Environment, Blueprint, Block",
            ],
        ),
        (
            "apiVersion: v1\nkind: System\nmetadata: {}\nspec: {owner: a}\n",
            &[
                "1:1 kind `System` is not known in apiVersion `v1`; known is `backstage.io/v1alpha1`, `backstage.io/v1beta1`",
                "3:1 `metadata.name` is missing",
            ],
        ),
        (
            "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: []\nspec: {}\n",
            &[
                "3:1 `metadata` must be an object, found a list",
                "4:1 `spec.type` is missing",
                "4:1 `spec.lifecycle` is missing",
                "4:1 `spec.owner` is missing",
                "4:1 `spec.definition` is missing",
            ],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(problems(text), expected, "{text}");
    }
}

#[test]
fn warnings_do_not_refuse() {
    let user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: jane}\nspec: {}\n";
    let entity = process_with(user, None, &Files::default()).unwrap();
    assert_eq!(entity.problems.len(), 1);
    assert_eq!(entity.problems[0].level, Level::Warning);
    assert_eq!(entity.problems[0].entity_ref.as_deref(), Some("user:default/jane"));
}

#[test]
fn a_refused_document_is_known_by_its_ref_if_that_is_valid() {
    let refused = |text: &str| process_with(text, None, &Files::default()).unwrap_err().entity_ref;
    assert_eq!(refused(&SYSTEM.replace("owner", "olner")).as_deref(), Some("system:default/web"));
    assert_eq!(refused(&SYSTEM.replace("Web", "We b")), None);
    assert_eq!(refused("- 1\n"), None);
}

#[test]
fn rules_refuse_kinds() {
    let rules = Rules::new(&[], []).unwrap();
    let refused = process_with(SYSTEM, Some(&rules), &Files::default()).unwrap_err();
    assert_eq!(refused.problems.len(), 1);
    assert_eq!(refused.problems[0].code, ProblemCode::NotAllowed);
    assert_eq!(
        refused.problems[0].message,
        "kind `System` is not allowed from location `file:/srv/*/catalog-info.yaml`"
    );
}

#[test]
fn files_are_included() {
    let files = Files(HashMap::from([
        ("./api.yaml", "openapi: 3.1.0\n"),
        ("more.json", "{\"a\": [1]}"),
        ("more.yaml", "b: yes\n"),
        ("two.yaml", "a: 1\n---\nb: 1\n"),
        ("broken.json", "{"),
        ("broken.yaml", "a: 1\nb: c: d\n"),
    ]));
    let api = |definition: &str, extra: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: a}}\n\
             spec:\n  type: openapi\n  lifecycle: x\n  owner: y\n  definition: {definition}\n  extra: {extra}\n"
        )
    };
    let entity = process_with(
        &api("{$text: ./api.yaml}", "[{$json: more.json}, {$yaml: more.yaml}, {$other: x}]"),
        None,
        &files,
    );
    let body: Value = serde_json::from_str(&entity.unwrap().body.json).unwrap();
    assert_eq!(body["spec"]["definition"], "openapi: 3.1.0\n");
    assert_eq!(body["spec"]["extra"], json!([{"a": [1]}, {"b": "yes"}, {"$other": "x"}]));

    for (extra, message) in [
        ("{$text: none}", "9:3 `spec.extra` can not include `none`: it does not exist"),
        ("{$text: [1]}", "9:3 `spec.extra` can not include `[1]`: the name of the file must be a text"),
        (
            "{$yaml: two.yaml}",
            "9:3 `spec.extra` can not include `two.yaml`: the file has 2 documents, and one is expected",
        ),
        (
            "{$json: broken.json}",
            "9:3 `spec.extra` can not include `broken.json`: not valid JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            "{$yaml: broken.yaml}",
            "9:3 `spec.extra` can not include `broken.yaml`: not valid YAML: a colon and a blank make this a key, and no key can stand here in line 2",
        ),
    ] {
        let refused = process_with(&api("x", extra), None, &files).unwrap_err();
        assert_eq!(refused.problems.into_iter().map(shown).collect::<Vec<_>>(), [message]);
    }
}

#[test]
fn a_location_says_where_it_leads() {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\n\
                spec: {target: ./a.yaml, targets: [./b.yaml], presence: optional}\n";
    let entity = process_with(text, None, &Files::default()).unwrap();
    let targets = vec!["./a.yaml".to_owned(), "./b.yaml".to_owned()];
    let expected = LocationTargets { location_type: None, targets, optional: true };
    assert_eq!(entity.targets.as_deref(), Some(&expected));
    assert_eq!(process_with(SYSTEM, None, &Files::default()).unwrap().targets, None);
}

#[test]
fn a_text_is_validated_without_its_files() {
    let kinds = KindRegistry::core();
    let text = format!("{SYSTEM}---\na: 'x\n---\n{}", SYSTEM.replace("  owner: team-a", "  domain: ''"));
    let found: Vec<_> =
        validate_text(&kinds, &Limits::default(), text.as_bytes()).problems.into_iter().map(shown).collect();
    assert_eq!(
        found,
        [
            "8:4 not valid YAML: the quoted text has no end",
            "14:1 `spec.owner` is missing",
            "15:3 `spec.domain` must not be empty",
        ]
    );
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\n\
               spec: {type: openapi, lifecycle: x, owner: y, definition: {$text: ./api.yaml}}\n";
    assert_eq!(validate_text(&kinds, &Limits::default(), api.as_bytes()).problems, []);
}

#[test]
fn a_file_of_many_faults_tells_some_and_how_many_more_there_are() {
    let kinds = KindRegistry::core();
    let limits = Limits { problems: 3, ..Limits::default() };
    let document = |name: &str, tags: usize| {
        let tags = "{}, ".repeat(tags);
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: {name}, tags: [{tags}] }}\n\
             spec: {{ type: team, children: [] }}\n---\n"
        )
    };
    let text = [document("a", 10), document("b", 2), document("c", 1)].concat();
    let found: Vec<_> = validate_text(&kinds, &limits, text.as_bytes())
        .problems
        .into_iter()
        .map(|problem| format!("{} {}", problem.position.unwrap().line, problem.message))
        .collect();
    let tag = |line, index| format!("{line} `metadata.tags.{index}` must be a text, found an object");
    let more = |line, count| format!("{line} {count} more problems are not told");
    assert_eq!(
        found,
        [tag(3, 0), tag(3, 1), tag(3, 2), more(3, 7), tag(8, 0), more(8, 1), tag(13, 0)],
        "the limit, then one a document"
    );
    let long = format!("{}: 1\n", "x".repeat(5000));
    assert!(validate_text(&kinds, &limits, long.as_bytes()).problems.iter().all(|problem| problem.message.len() < 600));
}

#[test]
fn what_the_documents_of_a_file_include_is_bounded_in_all() {
    let files =
        Files(HashMap::from([("a.json", "[1, [2], {\"a\": 3}]"), ("a.yaml", "[1, 2, 3]"), ("a.txt", "0123456789")]));
    let kinds = KindRegistry::core();
    let included = |limits: &Limits, what: &[&str]| {
        let context = Context {
            links: SourceLinks::default(),
            commit: None,
            kinds: &kinds,
            limits,
            rules: None,
            include: &files,
            location: "file:/srv/a.yaml",
            origin: "file:/srv/a.yaml",
            budget: Budget::of(limits),
        };
        let text = what.iter().map(|what| {
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: a }}\n\
                 spec: {{ type: team, children: [], x: {{ {what} }} }}\n---\n"
            )
        });
        let parsed = parse(text.collect::<String>().as_bytes(), &Limits::default());
        let problems = parsed.documents.iter().filter_map(|document| process(document, &context).err());
        problems.map(|refused| refused.problems[0].message.clone()).collect::<Vec<_>>()
    };
    let bytes = Limits { included_bytes: 25, ..Limits::default() };
    let text = "$text: a.txt";
    assert_eq!(included(&bytes, &[text, text]), [""; 0]);
    assert_eq!(
        included(&bytes, &[text, text, text]),
        ["`spec.x` can not include `a.txt`: the documents of this file include more than 25 bytes in all"]
    );
    let values = Limits { document_nodes: 5, ..Limits::default() };
    assert_eq!(
        included(&values, &["$json: a.json", "$yaml: a.yaml", "a: { $yaml: a.yaml }, b: { $yaml: a.yaml }"]),
        [
            "`spec.x` can not include `a.json`: the document would hold more than 5 values",
            "`spec.x.b` can not include `a.yaml`: the file holds more than 1 values in line 1"
        ]
    );
}
