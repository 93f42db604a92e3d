use access::Person;
use storage::test_support::TestDatabase;

use super::*;

storage::store_tests!(
    what_is_kept_is_ones_own,
    stars_have_a_limit_and_what_is_gone_makes_room,
    what_one_may_not_see_is_not_there,
    visits_are_merged_and_bounded,
    views_are_saved_renamed_and_removed,
    what_a_browser_kept_is_taken_over,
    guests_programs_and_narrow_tokens_keep_nothing,
);

/// Everybody sees `component:default/…`, and alice `secret:default/…` as well; nobody what is gone.
struct Catalog;

impl EntityDirectory for Catalog {
    fn visible(&self, who: &Principal, refs: &[String]) -> Vec<String> {
        let is_alice = who.as_person().is_some_and(|person| person.subject == "alice");
        let is_visible = |name: &&String| name.starts_with("component:") || is_alice && name.starts_with("secret:");
        refs.iter().filter(is_visible).cloned().collect()
    }
}

fn service(database: &TestDatabase) -> AuthorisedPersonal {
    let limits = PersonalLimits { max_stars: 3, max_visits: 3, max_views: 2 };
    AuthorisedPersonal::new(PersonalStore::new((**database).clone()), limits, Arc::new(Catalog))
}

fn person(subject: &str) -> Principal {
    Principal::person(Person {
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        name: subject.to_owned(),
        entity_ref: None,
        claims: Vec::new(),
    })
}

fn component(name: &str) -> String {
    format!("component:default/{name}")
}

fn components(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| component(name)).collect()
}

async fn what_is_kept_is_ones_own(database: TestDatabase) {
    let service = service(&database);
    let (alice, bob) = (person("alice"), person("bob"));
    service.star(&alice, &component("b")).await.unwrap();
    service.toggle_star(&alice, &component("a")).await.unwrap();
    service.star(&alice, &component("b")).await.unwrap();
    service.set_columns(&alice, "owner,tags").await.unwrap();
    let view = service.save_view(&alice, "Mine", "/catalog?filters[user]=owned").await.unwrap();
    let kept = service.read(&alice).await.unwrap();
    assert_eq!(kept.stars, components(&["b", "a"]), "in their order, each once");
    assert_eq!((kept.columns.as_str(), &kept.views), ("owner,tags", &vec![view.clone()]));
    assert_eq!(service.read(&bob).await.unwrap(), Personal::default());
    assert!(matches!(service.remove_view(&bob, &view.id).await, Err(PersonalError::NoView(_))));
    assert!(matches!(service.rename_view(&bob, &view.id, "His").await, Err(PersonalError::NoView(_))));
    service.unstar(&bob, &component("b")).await.unwrap();
    service.toggle_star(&alice, &component("a")).await.unwrap();
    assert_eq!(service.read(&alice).await.unwrap().stars, components(&["b"]));
}

async fn stars_have_a_limit_and_what_is_gone_makes_room(database: TestDatabase) {
    let service = service(&database);
    let alice = person("alice");
    for name in ["a", "b", "c"] {
        service.star(&alice, &component(name)).await.unwrap();
    }
    let refused = service.star(&alice, &component("d")).await.unwrap_err();
    assert!(refused.to_string().contains("more than 3 stars (`personal.maxStars`)"), "{refused}");
    assert_eq!(service.read(&alice).await.unwrap().stars, components(&["a", "b", "c"]));
    // The entity is renamed in the table, as if it had gone from the catalog.
    let mut transaction = database.begin_write().await.unwrap();
    sqlx::query("UPDATE personal_stars SET entity_ref = 'gone:default/a' WHERE entity_ref = 'component:default/a'")
        .execute(transaction.connection())
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(service.read(&alice).await.unwrap().stars, components(&["b", "c"]));
    service.star(&alice, &component("d")).await.unwrap();
    assert_eq!(service.read(&alice).await.unwrap().stars, components(&["b", "c", "d"]));
}

async fn what_one_may_not_see_is_not_there(database: TestDatabase) {
    let service = service(&database);
    let (alice, bob) = (person("alice"), person("bob"));
    service.star(&alice, "secret:default/vault").await.unwrap();
    service.note_visit(&alice, "secret:default/vault").unwrap();
    let refused = service.star(&bob, "secret:default/vault").await.unwrap_err();
    let gone = service.star(&bob, "gone:default/vault").await.unwrap_err();
    assert_eq!(refused.to_string().replace("secret", "gone"), gone.to_string(), "denied reads like missing");
    assert!(service.note_visit(&bob, "secret:default/vault").is_err());
    // What was visible once and is not any more: the same rows under another name.
    service.settled().await;
    for table in ["UPDATE personal_stars SET subject = 'bob'", "UPDATE personal_visits SET subject = 'bob'"] {
        let mut transaction = database.begin_write().await.unwrap();
        sqlx::query(table).execute(transaction.connection()).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(service.read(&bob).await.unwrap(), Personal::default());
}

async fn visits_are_merged_and_bounded(database: TestDatabase) {
    let service = service(&database);
    let alice = person("alice");
    for name in ["a", "b", "c", "d", "b"] {
        service.note_visit(&alice, &component(name)).unwrap();
    }
    service.settled().await;
    assert_eq!(service.read(&alice).await.unwrap().visits, components(&["b", "d", "c"]));
    service.forget_visits(&alice).await.unwrap();
    assert!(service.read(&alice).await.unwrap().visits.is_empty());
}

async fn views_are_saved_renamed_and_removed(database: TestDatabase) {
    let service = service(&database);
    let alice = person("alice");
    let apis = service.save_view(&alice, " b: APIs ", "/catalog?filters[kind]=api").await.unwrap();
    let broken = service.save_view(&alice, "A: broken", "/catalog/problems?level=error").await.unwrap();
    assert_eq!(apis.name, "b: APIs");
    assert_eq!(service.read(&alice).await.unwrap().views, [broken.clone(), apis.clone()], "by name, in any case");
    assert!(matches!(service.save_view(&alice, "c", "/catalog").await, Err(PersonalError::ViewsFull(2))));
    assert!(matches!(service.save_view(&alice, "b: APIs", "/catalog").await, Err(PersonalError::ViewTaken(_))));
    assert!(matches!(service.save_view(&alice, "x", "//evil.example").await, Err(PersonalError::ViewPath)));
    assert!(matches!(service.save_view(&alice, " ", "/catalog").await, Err(PersonalError::ViewName)));
    assert!(matches!(service.rename_view(&alice, &apis.id, "A: broken").await, Err(PersonalError::ViewTaken(_))));
    service.rename_view(&alice, &apis.id, "b: APIs").await.unwrap();
    service.rename_view(&alice, &apis.id, "APIs").await.unwrap();
    service.remove_view(&alice, &broken.id).await.unwrap();
    assert!(matches!(service.remove_view(&alice, &broken.id).await, Err(PersonalError::NoView(_))));
    let kept = service.read(&alice).await.unwrap().views;
    assert_eq!(kept, [SavedView { name: "APIs".to_owned(), ..apis }]);
}

async fn what_a_browser_kept_is_taken_over(database: TestDatabase) {
    let service = service(&database);
    let bob = person("bob");
    service.star(&bob, &component("z")).await.unwrap();
    let stars = ["component:default/a", "secret:default/x", "component:default/z", "component:default/b"];
    let browser = InBrowser {
        stars: stars.iter().chain(&["component:default/c"]).map(ToString::to_string).collect(),
        visits: components(&["v"]),
        columns: "owner".to_owned(),
    };
    service.take_over(&bob, browser).await.unwrap();
    service.settled().await;
    let kept = service.read(&bob).await.unwrap();
    assert_eq!(kept.stars, components(&["z", "a", "b"]), "as many as there is room for, without what is hidden");
    assert_eq!((kept.visits, kept.columns.as_str()), (components(&["v"]), "owner"));
    service.take_over(&bob, InBrowser { columns: "tags".to_owned(), ..InBrowser::default() }).await.unwrap();
    assert_eq!(service.read(&bob).await.unwrap().columns, "owner", "what they keep stays");
}

async fn guests_programs_and_narrow_tokens_keep_nothing(database: TestDatabase) {
    let service = service(&database);
    for nobody in [Principal::guest(), Principal::service("ci")] {
        assert!(matches!(service.read(&nobody).await, Err(PersonalError::NoPerson)));
        assert!(matches!(service.star(&nobody, &component("a")).await, Err(PersonalError::NoPerson)));
    }
    let reader = person("alice").within(&[Scope::ReadCatalog]);
    assert!(matches!(service.star(&reader, &component("a")).await, Err(PersonalError::LacksScope)));
    assert!(matches!(service.note_visit(&reader, &component("a")), Err(PersonalError::LacksScope)));
    assert_eq!(service.read(&reader).await.unwrap(), Personal::default());
    let writer = person("alice").within(&[Scope::WritePersonal]);
    service.star(&writer, &component("a")).await.unwrap();
    assert_eq!(service.read(&person("alice")).await.unwrap().stars, components(&["a"]));
}
