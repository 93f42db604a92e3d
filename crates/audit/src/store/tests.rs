use std::time::Duration;

use sqlx::AssertSqlSafe;
use storage::test_support::TestDatabase;

use super::*;
use crate::{Fault, Outcome};

storage::store_tests!(
    what_is_appended_is_listed_and_verifies,
    filters_and_pages_narrow_it_down,
    whoever_tampers_is_found_out,
    a_cut_off_end_is_found_out_and_never_covered_up,
    an_earlier_state_is_found_out_by_an_end_that_was_kept,
    old_segments_go_and_the_rest_still_verifies,
    a_segment_that_was_changed_is_not_pruned,
    several_processes_append_one_after_the_other,
    another_key_is_refused,
);

const SECOND: i64 = 1_000_000;

fn key() -> AuditKey {
    AuditKey::of_text(&"k".repeat(32).into()).unwrap()
}

/// Segments of 4 entries, or of 100 s.
fn limits() -> SegmentLimits {
    SegmentLimits { entries: 4, age: Duration::from_secs(100) }
}

async fn open(database: &TestDatabase) -> AuditStore {
    AuditStore::open((**database).clone(), key(), limits()).await.unwrap()
}

fn new(at: i64) -> NewEntry {
    NewEntry {
        at,
        principal: format!("user:default/user-{}", at % 2),
        action: "catalog.location.create".to_owned(),
        entity: format!("url:https://git.example/{at}"),
        address: "192.0.2.1".to_owned(),
        outcome: if at % 3 == 0 { Outcome::Failed } else { Outcome::Done },
        request_id: format!("request-{at}"),
        count: 1,
    }
}

/// A store with entries, one a second.
async fn filled(database: &TestDatabase, entries: i64) -> AuditStore {
    let store = open(database).await;
    for at in 1..=entries {
        store.append(vec![new(at)], at * SECOND).await.unwrap();
    }
    store
}

async fn run(database: &TestDatabase, statement: &str) {
    let mut transaction = database.begin_write().await.unwrap();
    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(transaction.connection()).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn fault(store: &AuditStore) -> Option<Fault> {
    match store.verify(None).await.unwrap() {
        Verification::Fits(_) => None,
        Verification::Broken(fault) => Some(fault),
    }
}

async fn verified(store: &AuditStore) -> Verified {
    match store.verify(None).await.unwrap() {
        Verification::Fits(verified) => verified,
        Verification::Broken(fault) => panic!("{fault}"),
    }
}

fn numbers(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.number).collect()
}

async fn what_is_appended_is_listed_and_verifies(database: TestDatabase) {
    let store = open(&database).await;
    assert_eq!(verified(&store).await.entries, 0);
    store.append(vec![new(1), new(2), new(3)], SECOND).await.unwrap();
    store.append((4..=250).map(new).collect(), 2 * SECOND).await.unwrap();
    let listed = store.list(&Query { limit: 2, ..Query::default() }).await.unwrap();
    assert_eq!(numbers(&listed), [250, 249]);
    let Entry { at, principal, entity, outcome, request_id, .. } = &listed[0];
    assert_eq!((*at, &**principal, &**entity), (250, "user:default/user-0", "url:https://git.example/250"));
    assert_eq!((&**outcome, &**request_id), ("done", "request-250"));
    // Opened anew it goes on where it was.
    let store = open(&database).await;
    store.append(vec![new(251)], 3 * SECOND).await.unwrap();
    let verified = verified(&store).await;
    assert_eq!((verified.entries, verified.pruned, verified.end.number), (251, 0, 251));
    assert_eq!(verified.end, store.end().await.unwrap());
}

async fn filters_and_pages_narrow_it_down(database: TestDatabase) {
    let store = filled(&database, 9).await;
    let all = Query { limit: 100, ..Query::default() };
    for (query, expected) in [
        (Query { principal: "user:default/user-1".to_owned(), ..all.clone() }, vec![9, 7, 5, 3, 1]),
        (Query { outcome: "failed".to_owned(), ..all.clone() }, vec![9, 6, 3]),
        (Query { entity: "url:https://git.example/4".to_owned(), ..all.clone() }, vec![4]),
        (Query { action: "catalog.location.delete".to_owned(), ..all.clone() }, vec![]),
        (Query { from: Some(3), to: Some(6), ..all.clone() }, vec![5, 4, 3]),
        (Query { before: Some(4), limit: 2, ..all.clone() }, vec![3, 2]),
        (Query { principal: "' OR 1=1 --".to_owned(), ..all.clone() }, vec![]),
    ] {
        assert_eq!(numbers(&store.list(&query).await.unwrap()), expected, "{query:?}");
    }
}

async fn whoever_tampers_is_found_out(database: TestDatabase) {
    let store = filled(&database, 10).await;
    assert_eq!(verified(&store).await.segments, 2);
    for (tampering, undoing, expected) in [
        ("principal = 'user:default/eve'", "principal = 'user:default/user-0'", Fault::Changed(6)),
        ("at = 7", "at = 6", Fault::Changed(6)),
        ("outcome = 'denied'", "outcome = 'failed'", Fault::Changed(6)),
        ("number = 60", "number = 6", Fault::Missing(6)),
        ("number = -6", "number = 6", Fault::Missing(6)),
    ] {
        run(&database, &format!("UPDATE audit_entries SET {tampering} WHERE number = 6")).await;
        assert_eq!(fault(&store).await, Some(expected), "{tampering}");
        run(&database, &format!("UPDATE audit_entries SET {undoing} WHERE request_id = 'request-6'")).await;
        assert_eq!(fault(&store).await, None, "{undoing}");
    }
    // Two entries change places: all that is in them fits, but for where they are.
    for (from, to) in [(2, 102), (3, 2), (102, 3)] {
        run(&database, &format!("UPDATE audit_entries SET number = {to} WHERE number = {from}")).await;
    }
    assert_eq!(fault(&store).await, Some(Fault::Changed(2)));
    for (from, to) in [(2, 102), (3, 2), (102, 3)] {
        run(&database, &format!("UPDATE audit_entries SET number = {to} WHERE number = {from}")).await;
    }
    assert_eq!(fault(&store).await, None);
    // Two segments change places.
    let swap = "UPDATE audit_segments SET segment = CASE segment WHEN 1 THEN -2 ELSE -1 END";
    run(&database, swap).await;
    run(&database, "UPDATE audit_segments SET segment = -segment").await;
    assert_eq!(fault(&store).await, Some(Fault::Segment { segment: 1, first: 1 }));
    run(&database, swap).await;
    run(&database, "UPDATE audit_segments SET segment = -segment").await;
    assert_eq!(fault(&store).await, None);
    run(&database, "INSERT INTO audit_entries SELECT 0, at, principal, action, entity, address, outcome, request_id, count, mac FROM audit_entries WHERE number = 1").await;
    assert_eq!(fault(&store).await, Some(Fault::Surplus(0)));
    run(&database, "DELETE FROM audit_entries WHERE number = 0").await;
    // A segment goes, as if it had been pruned.
    run(&database, "DELETE FROM audit_entries WHERE number <= 4").await;
    assert_eq!(fault(&store).await, Some(Fault::Missing(1)));
    run(&database, "DELETE FROM audit_segments WHERE segment = 1").await;
    assert_eq!(fault(&store).await, Some(Fault::Segment { segment: 2, first: 1 }));
    run(&database, "UPDATE audit_head SET floor_number = 4").await;
    assert_eq!(fault(&store).await, Some(Fault::Head));
}

async fn a_cut_off_end_is_found_out_and_never_covered_up(database: TestDatabase) {
    let store = filled(&database, 3).await;
    run(&database, "DELETE FROM audit_entries WHERE number = 3").await;
    assert_eq!(fault(&store).await, Some(Fault::Missing(3)));
    // With the head set back by hand the next entry would fit the end.
    run(&database, "UPDATE audit_head SET number = 2, mac = (SELECT mac FROM audit_entries WHERE number = 2)").await;
    assert_eq!(fault(&store).await, Some(Fault::Head));
    assert!(matches!(store.append(vec![new(4)], 4 * SECOND).await, Err(AuditError::Seal)));
    run(&database, "DELETE FROM audit_head").await;
    assert!(matches!(store.append(vec![new(4)], 4 * SECOND).await, Err(AuditError::NoHead)));
    let begun = AuditStore::open((*database).clone(), key(), limits()).await;
    assert!(matches!(begun, Err(AuditError::NoHead)));
}

async fn an_earlier_state_is_found_out_by_an_end_that_was_kept(database: TestDatabase) {
    let store = filled(&database, 6).await;
    let kept = store.end().await.unwrap();
    store.append(vec![new(7)], 7 * SECOND).await.unwrap();
    assert!(matches!(store.verify(Some(&kept)).await.unwrap(), Verification::Fits(_)));
    for table in ["audit_entries", "audit_segments", "audit_head"] {
        run(&database, &format!("DELETE FROM {table}")).await;
    }
    let store = filled(&database, 7).await;
    assert!(matches!(store.verify(Some(&kept)).await.unwrap(), Verification::Fits(_)), "the same entries are the same");
    for table in ["audit_entries", "audit_segments", "audit_head"] {
        run(&database, &format!("DELETE FROM {table}")).await;
    }
    let store = open(&database).await;
    store.append((10..20).map(new).collect(), SECOND).await.unwrap();
    assert_eq!(fault(&store).await, None, "by itself it fits");
    assert_eq!(store.verify(Some(&kept)).await.unwrap(), Verification::Broken(Fault::Anchor(6)));
}

async fn old_segments_go_and_the_rest_still_verifies(database: TestDatabase) {
    let store = filled(&database, 10).await;
    let kept = store.end().await.unwrap();
    // The first segment was complete with the fifth entry, the second with the ninth.
    assert_eq!(store.prune_oldest(5 * SECOND, 11 * SECOND).await.unwrap(), None);
    assert_eq!(store.prune_oldest(6 * SECOND, 11 * SECOND).await.unwrap(), Some(4));
    let after = verified(&store).await;
    assert_eq!((after.entries, after.pruned, after.segments, after.end.number), (7, 4, 1, 11));
    let told = store.list(&Query { limit: 1, ..Query::default() }).await.unwrap();
    assert_eq!((&*told[0].action, &*told[0].entity), ("audit.segment.prune", "entries 1 to 4"));
    assert!(matches!(store.verify(Some(&kept)).await.unwrap(), Verification::Fits(_)));
    assert_eq!(store.prune_oldest(6 * SECOND, 11 * SECOND).await.unwrap(), None);
    // The open one ends by its age, and goes in its turn.
    let late = 1_000 * SECOND;
    let mut gone = 0;
    while let Some(entries) = store.prune_oldest(late + 1, late).await.unwrap() {
        gone += entries;
        assert!(gone < 20, "what tells of pruning is pruned for ever");
        if gone >= 7 {
            break;
        }
    }
    assert_eq!(verified(&store).await.pruned, 4 + gone);
    store.append(vec![new(12)], late).await.unwrap();
    assert_eq!(fault(&store).await, None);
    run(&database, "UPDATE audit_entries SET action = 'x' WHERE number = (SELECT MIN(number) FROM audit_entries)")
        .await;
    assert_eq!(fault(&store).await, Some(Fault::Changed(5 + gone)));
}

async fn a_segment_that_was_changed_is_not_pruned(database: TestDatabase) {
    let store = filled(&database, 10).await;
    run(&database, "UPDATE audit_entries SET principal = 'nobody' WHERE number = 2").await;
    assert_eq!(store.prune_oldest(100 * SECOND, 11 * SECOND).await.unwrap(), None);
    assert_eq!(fault(&store).await, Some(Fault::Changed(2)));
}

async fn several_processes_append_one_after_the_other(database: TestDatabase) {
    let stores = [open(&database).await, open(&database).await, open(&database).await];
    let tasks = stores.clone().map(|store| {
        tokio::spawn(async move {
            for at in 1..=20 {
                store.append(vec![new(at)], at * SECOND).await.unwrap();
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    let verified = verified(&stores[0]).await;
    assert_eq!((verified.entries, verified.end.number), (60, 60));
}

async fn another_key_is_refused(database: TestDatabase) {
    filled(&database, 3).await;
    let other = AuditKey::of_text(&"x".repeat(32).into()).unwrap();
    let opened = AuditStore::open((*database).clone(), other.clone(), limits()).await;
    assert!(matches!(opened, Err(AuditError::Seal)));
    let store = AuditStore::unchecked((*database).clone(), other, limits());
    assert_eq!(fault(&store).await, Some(Fault::Head));
}
