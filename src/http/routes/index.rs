//! `GET /v1`, and `GET /` for those that want no page: what may be asked.

use actix_web::HttpResponse;

use crate::http::dto::Index;

const ROUTES: &[&str] = &[
    "GET /v1",
    "POST /v1/headlines",
    "GET /v1/headlines/{id}",
    "DELETE /v1/headlines/{id}",
    "GET /v1/headlines/{id}/why",
    "POST /v1/headlines/{id}/move?dry_run=",
    "GET /v1/standing",
    "POST /v1/standing?dry_run=",
    "GET /v1/standing/{number}?limit=&cursor=",
    "DELETE /v1/standing/{number}?dry_run=",
    "GET /v1/topics?sort=trending|size|recent|new|born&limit=&offset=&cursor=&as_of=",
    "GET /v1/topics/{id}",
    "PATCH /v1/topics/{id}?dry_run=",
    "POST /v1/topics/{id}/merge?dry_run=",
    "POST /v1/topics/{id}/split?dry_run=",
    "GET /v1/topics/{id}/timeline",
    "GET /v1/topics/{id}/related?limit=",
    "GET /v1/topics/{id}/events?since=&limit=",
    "GET /v1/topics/{id}/headlines?limit=&cursor=",
    "GET /v1/stories/{id}",
    "GET /v1/stories/{id}/headlines?limit=&cursor=",
    "PATCH /v1/stories/{id}?dry_run=",
    "POST /v1/stories/{id}/merge?dry_run=",
    "POST /v1/stories/{id}/split?dry_run=",
    "POST /v1/stories/{id}/move?dry_run=",
    "GET /v1/stories/{id}/events?since=&limit=",
    "GET /v1/events?since=&limit=",
    "POST /v1/judgements?dry_run=",
    "GET /v1/edits?since=&limit=&id=",
    "GET /v1/edits/{number}",
    "POST /v1/edits/{number}/undo?dry_run=",
    "GET /v1/search?q=&from=&to=&source=&lang=&entity=&phase=&min_size=&limit=&cursor=",
    "GET /v1/changes?since=&limit=",
    "GET /v1/changes/stream?since=",
    "GET /v1/feeds/topics.atom?limit=",
    "GET /v1/feeds/topics.json?limit=",
    "GET /v1/topics/{id}/feed.atom?limit=",
    "GET /v1/topics/{id}/feed.json?limit=",
    "GET /v1/headlines.csv",
    "GET /v1/topics/{id}/headlines.csv",
    "GET /v1/export",
    "POST /v1/classify",
    "POST /v1/cluster",
    "GET /v1/collections",
    "POST /v1/collections",
    "GET /v1/collections/{collection}",
    "DELETE /v1/collections/{collection}",
    "GET /v1/sources",
    "GET /v1/webhooks",
    "POST /v1/webhooks",
    "GET /v1/webhooks/{id}",
    "DELETE /v1/webhooks/{id}",
    "GET /v1/webhooks/{id}/failed",
    "POST /v1/webhooks/{id}/redeliver?delivery=",
    "GET /v1/status",
    "GET /openapi.json",
    "GET /docs",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
];

/// The answer.
pub(in crate::http) fn index() -> HttpResponse {
    HttpResponse::Ok().json(Index { name: "slugline", version: env!("CARGO_PKG_VERSION"), routes: ROUTES })
}

pub(super) async fn get_index() -> HttpResponse {
    index()
}
