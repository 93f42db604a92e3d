//! Compression of what is made anew for each request: quick levels, nothing small, never the event stream.

use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

/// Shorter answers would hardly shrink.
const MIN_BYTES: u16 = 1024;
/// Of brotli and zstd alike: a tenth larger than the slow levels, in a tenth of their time.
const QUALITY: i32 = 4;

/// See the module.
pub(crate) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(QUALITY))
        .compress_when(SizeAbove::new(MIN_BYTES).and(NotForContentType::SSE))
}
