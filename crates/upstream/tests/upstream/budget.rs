//! Hosts that ask for fewer requests.

use std::time::{Duration, SystemTime};

use upstream::{Get, Limits, UpstreamError};

use crate::standin::{Reply, Standin, reply, short};

async fn until(answer: impl Fn() -> Reply + Send + Sync + 'static) -> (SystemTime, usize) {
    let standin = Standin::start(move |_| answer()).await;
    let upstream = standin.upstream();
    for _ in 0..3 {
        let error = upstream.get(Get::new(standin.url("/"))).await.unwrap_err();
        assert!(matches!(error, UpstreamError::RateLimited { .. }), "{error:?}");
    }
    let budget = upstream.budget(&standin.host());
    assert!(budget.last_error.is_some());
    (budget.blocked_until.unwrap(), standin.seen().len())
}

#[tokio::test]
async fn later_means_later_in_each_form() {
    let in_ten_minutes = SystemTime::now() + Duration::from_mins(10);
    let date = httpdate::fmt_http_date(in_ten_minutes);
    let epoch = in_ten_minutes.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().to_string();
    let near =
        |at: SystemTime| at > in_ten_minutes - Duration::from_secs(5) && at < in_ten_minutes + Duration::from_mins(1);

    let (at, asked) = until(|| reply(429, &[("retry-after", "600")], "")).await;
    assert!(near(at) && asked == 1, "seconds");
    let (at, asked) = until(move || reply(429, &[("retry-after", &date)], "")).await;
    assert!(near(at) && asked == 1, "date");
    let (at, asked) =
        until(move || reply(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &epoch)], "")).await;
    assert!(near(at) && asked == 1, "GitHub");
    let (at, asked) = until(|| reply(429, &[("retry-after", "whenever")], "")).await;
    assert!(at > SystemTime::now() && asked == 1, "unreadable");
}

#[tokio::test]
async fn the_budget_shows_what_the_host_says() {
    let headers = [("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "6"), ("x-ratelimit-reset", "900")];
    let standin = Standin::start(move |_| reply(200, &headers, "x")).await;
    let upstream = standin.upstream();
    upstream.get(Get::new(standin.url("/"))).await.unwrap();
    let budget = upstream.budget(&standin.host());
    assert_eq!(
        (budget.limit, budget.remaining, budget.last_error.as_deref(), budget.waiting),
        (Some(60), Some(6), None, 0)
    );
    assert_eq!(upstream.budgets(), [budget]);

    let error = upstream.get(Get::new(standin.url("/"))).await.unwrap_err();
    assert!(matches!(error, UpstreamError::RateLimited { .. }), "the last tenth is kept");
    let urgent = Get { urgent: true, ..Get::new(standin.url("/")) };
    assert!(upstream.get(urgent).await.is_ok(), "for who waits");
    assert!(upstream.urgent().get(Get::new(standin.url("/"))).await.is_ok());
}

#[tokio::test]
async fn a_host_gets_so_many_requests_at_once() {
    let standin = Standin::start(|_| Reply::Silence).await;
    let limits = Limits { concurrent_per_host: 1, ..short() };
    let upstream = standin.upstream_with(limits);
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let (upstream, url) = (upstream.clone(), standin.url("/"));
            tokio::spawn(async move { upstream.get(Get::new(url)).await })
        })
        .collect();
    while upstream.budget(&standin.host()).waiting < 2 || standin.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(standin.seen().len(), 1);
    for task in tasks {
        task.abort();
        let _ = task.await;
    }
    assert_eq!(upstream.budget(&standin.host()).waiting, 0, "who is gone does not wait");
}
