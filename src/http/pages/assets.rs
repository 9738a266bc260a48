//! Style, scripts and icon: compiled in, and kept by browsers for as long as their content is the same.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use sha2::{Digest, Sha256};

use crate::http::problem::{Kind, Problem};

/// Something a page loads.
pub(super) struct Asset {
    /// Its address, which holds a part of the hash of its content.
    pub path: String,
    content: &'static str,
    media: &'static str,
}

impl Asset {
    fn new(name: &str, content: &'static str, media: &'static str) -> Self {
        let hash: String = Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{hash}/{name}"), content, media }
    }
}

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("slugline.css", include_str!("../../../assets/slugline.css"), "text/css; charset=utf-8")
});
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("slugline.js", include_str!("../../../assets/slugline.js"), "text/javascript; charset=utf-8")
});
pub(super) static MERGE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("merge.js", include_str!("../../../assets/merge.js"), "text/javascript; charset=utf-8")
});
pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("slugline.svg", include_str!("../../../assets/slugline.svg"), "image/svg+xml")
});

/// `GET /assets/{hash}/{name}`. Another hash is another version of the program, whose pages are no more.
pub(in crate::http) async fn asset(address: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (hash, name) = address.into_inner();
    let path = format!("/assets/{hash}/{name}");
    let all: [&'static Asset; 4] = [&STYLE, &SCRIPT, &MERGE_SCRIPT, &ICON];
    let asset = all.into_iter().find(|asset| asset.path == path);
    let asset = asset.ok_or_else(|| Problem::new(Kind::NotFound, "No page loads this; reload the page."))?;
    Ok(HttpResponse::Ok()
        .content_type(asset.media)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.content))
}
