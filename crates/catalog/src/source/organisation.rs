use std::collections::BTreeMap;

use serde_json::{Value, json};
use upstream::{
    Upstream, UpstreamError,
    discovery::{Member, Team},
    webhook::HostKind,
};
use url::Url;

/// The teams of a GitHub organisation or a GitLab group as Groups, and who is in them as Users: descriptors, one after the other.
pub(super) async fn descriptors(upstream: &Upstream, url: &Url) -> Result<Vec<u8>, UpstreamError> {
    let teams = upstream.teams(url).await?;
    let is_gitlab = upstream.integrations().for_url(url).is_some_and(|host| host.kind() == HostKind::GitLab);
    let owner = url.path().trim_matches('/').trim_start_matches("orgs/");
    Ok(write(&teams, owner, is_gitlab))
}

fn write(teams: &[Team], owner: &str, is_gitlab: bool) -> Vec<u8> {
    let mut people: BTreeMap<&str, (&Member, Vec<String>)> = BTreeMap::new();
    let mut documents = Vec::new();
    for team in teams {
        for member in &team.members {
            people.entry(&member.login).or_insert_with(|| (member, Vec::new())).1.push(name_of(&team.id));
        }
        documents.push(group(team, owner, is_gitlab));
    }
    documents.extend(people.into_values().map(|(member, groups)| user(member, &groups, is_gitlab)));
    let texts: Vec<String> = documents.iter().map(Value::to_string).collect();
    texts.join("\n---\n").into_bytes()
}

fn group(team: &Team, owner: &str, is_gitlab: bool) -> Value {
    let annotation = if is_gitlab {
        json!({ "gitlab.com/group-path": team.id })
    } else {
        json!({ "github.com/team-slug": format!("{owner}/{}", team.id) })
    };
    let mut group = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Group",
        "metadata": { "name": name_of(&team.id), "annotations": annotation },
        "spec": { "type": "team", "profile": { "displayName": team.name }, "children": [] },
    });
    if let Some(description) = team.description.as_ref().filter(|text| !text.trim().is_empty()) {
        group["metadata"]["description"] = description.clone().into();
    }
    if let Some(parent) = &team.parent {
        group["spec"]["parent"] = name_of(parent).into();
    }
    group["metadata"]["links"] = json!([{ "url": team.url.as_str(), "title": "Team" }]);
    group
}

fn user(member: &Member, groups: &[String], is_gitlab: bool) -> Value {
    let key = if is_gitlab { "gitlab.com/user-login" } else { "github.com/user-login" };
    let mut profile = json!({ "displayName": member.name.as_deref().unwrap_or(&member.login) });
    if let Some(picture) = &member.avatar_url {
        profile["picture"] = picture.clone().into();
    }
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "User",
        "metadata": { "name": name_of(&member.login), "annotations": { key: member.login } },
        "spec": { "profile": profile, "memberOf": groups },
    })
}

/// The name of an entity, of one that the host allows: GitLab's `a/b` is `a-b`.
fn name_of(id: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c) { c } else { '-' };
    id.trim_matches('/').chars().map(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        descriptor::{Limits, parse},
        kinds::KindRegistry,
        processing::validate_entity,
    };

    #[test]
    fn teams_and_people_are_valid_entities() {
        let member = |login: &str, name: Option<&str>| Member {
            login: login.to_owned(),
            name: name.map(str::to_owned),
            avatar_url: Some("https://avatars.example/1".to_owned()),
            url: None,
        };
        let team = |id: &str, parent: Option<&str>, members: Vec<Member>| Team {
            id: id.to_owned(),
            name: "The team".to_owned(),
            description: Some("What it does: \"things\"".to_owned()),
            parent: parent.map(str::to_owned),
            url: Url::parse("https://github.com/orgs/acme/teams/web").unwrap(),
            members,
        };
        let teams = [
            team("acme/web", None, vec![member("ann", Some("Ann")), member("bob", None)]),
            team("acme/web/shop", Some("acme/web"), vec![member("ann", Some("Ann"))]),
        ];
        let parsed = parse(&write(&teams, "acme", true), &Limits::default());
        assert!(parsed.errors.is_empty());
        let entities: Vec<&Value> = parsed.documents.iter().map(|document| &document.value).collect();
        for entity in &entities {
            assert_eq!(validate_entity(&KindRegistry::core(), &Limits::default(), entity), [], "{entity}");
        }
        let names: Vec<_> = entities.iter().map(|entity| entity["metadata"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["acme-web", "acme-web-shop", "ann", "bob"]);
        assert_eq!(entities[1]["spec"]["parent"], "acme-web");
        assert_eq!(entities[2]["spec"]["memberOf"], json!(["acme-web", "acme-web-shop"]));
        assert_eq!(entities[3]["spec"]["profile"]["displayName"], "bob");
        let github = write(&teams[..1], "acme", false);
        assert!(String::from_utf8(github).unwrap().contains(r#""github.com/team-slug":"acme/acme/web""#));
    }
}
