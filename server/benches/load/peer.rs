//! What the figures are held against: Backstage 1.55.0, production build, PostgreSQL 15, Node 24, measured with wrk on two cores that it
//! shared with the load and the database, November 2026.

/// How a Backstage reads a catalog of one size.
pub(crate) struct Reading {
    pub(crate) size: usize,
    /// Seconds.
    pub(crate) files_to_ready: f64,
    /// Times as quick as that, on SQLite; half of it on PostgreSQL.
    pub(crate) wanted: f64,
    /// MiB, after load.
    pub(crate) resident: f64,
}

pub(crate) const READING: &[Reading] = &[
    Reading { size: 10_000, files_to_ready: 58.9, wanted: 40.0, resident: 1_140.0 },
    Reading { size: 50_000, files_to_ready: 614.0, wanted: 75.0, resident: 1_930.0 },
];

/// A request that is asked over and over, by 32 connections.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    /// `NAME` stands for a component.
    pub(crate) path: &'static str,
    /// Requests a second of the peer at 10,000 and at 50,000 entities.
    peer: Option<[f64; 2]>,
    pub(crate) wanted: Wanted,
}

#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// As many times what the peer does.
    Times {
        at_10_000: u32,
        at_50_000: u32,
    },
    PerSecond(u32),
    /// The slowest of a hundred, in milliseconds.
    Millis99 {
        at_100_000: u32,
    },
    Nothing,
}

impl Question {
    pub(crate) fn backstage(&self, size: usize) -> Option<f64> {
        let [at_10_000, at_50_000] = self.peer?;
        match size {
            10_000 => Some(at_10_000),
            50_000 => Some(at_50_000),
            _ => None,
        }
    }
}

pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        name: "by-query, limit 20",
        path: "/api/catalog/entities/by-query?limit=20",
        peer: Some([409.0, 34.0]),
        wanted: Wanted::Times { at_10_000: 20, at_50_000: 200 },
    },
    Question {
        name: "by-query, ordered by name",
        path: "/api/catalog/entities/by-query?limit=20&orderField=metadata.name,asc",
        peer: Some([145.0, 15.0]),
        wanted: Wanted::Times { at_10_000: 60, at_50_000: 400 },
    },
    Question {
        name: "by-query, full text",
        path: "/api/catalog/entities/by-query?limit=20&fullTextFilterTerm=payment",
        peer: Some([356.0, 34.0]),
        wanted: Wanted::Nothing,
    },
    Question {
        name: "by-query, full text, ordered",
        path: "/api/catalog/entities/by-query?limit=20&fullTextFilterTerm=payment&orderField=metadata.name,asc",
        peer: Some([282.0, 5.0]),
        wanted: Wanted::Nothing,
    },
    Question {
        name: "by-query, filter and order",
        path: "/api/catalog/entities/by-query?limit=20&filter=kind=component,spec.type=service&orderField=metadata.name,asc",
        peer: None,
        wanted: Wanted::Millis99 { at_100_000: 10 },
    },
    Question {
        name: "by-query, filter, order and full text",
        path: "/api/catalog/entities/by-query?limit=20&filter=kind=component&fullTextFilterTerm=payment&orderField=metadata.name,asc",
        peer: None,
        wanted: Wanted::Millis99 { at_100_000: 40 },
    },
    Question {
        name: "facets kind and spec.type",
        path: "/api/catalog/entity-facets?facet=kind&facet=spec.type",
        peer: Some([772.0, 124.0]),
        wanted: Wanted::Times { at_10_000: 10, at_50_000: 60 },
    },
    Question {
        name: "facets metadata.tags of components",
        path: "/api/catalog/entity-facets?facet=metadata.tags&filter=kind=component",
        peer: Some([119.0, 12.0]),
        wanted: Wanted::Nothing,
    },
    Question {
        name: "by-name",
        path: "/api/catalog/entities/by-name/component/default/NAME",
        peer: Some([4_729.0, 1_988.0]),
        wanted: Wanted::PerSecond(15_000),
    },
    Question {
        name: "ancestry",
        path: "/api/catalog/entities/by-name/component/default/NAME/ancestry",
        peer: Some([2_006.0, 1_093.0]),
        wanted: Wanted::Nothing,
    },
    Question { name: "page /catalog", path: "/catalog", peer: None, wanted: Wanted::Nothing },
    Question {
        name: "page of an entity",
        path: "/catalog/default/component/NAME",
        peer: None,
        wanted: Wanted::Nothing,
    },
];
