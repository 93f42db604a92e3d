//! Precompressed siblings: what a server sends to a browser that takes brotli or zstd.

use std::io::Write as _;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

/// The content as brotli, at the highest quality.
pub(super) fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params =
        BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: content.len(), ..BrotliEncoderParams::default() };
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::with_params(&mut compressed, 64 * 1024, &params);
    writer.write_all(content).context("cannot compress by brotli")?;
    drop(writer);
    Ok(compressed)
}

/// The content as zstd, at the highest level that needs no special window in the browser.
pub(super) fn zstd(content: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::compress(content, 19).context("cannot compress by zstd")
}
