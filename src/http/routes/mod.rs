//! The routes, one verb a file.

mod create_collection;
mod delete_collection;
mod delete_headline;
mod delete_webhook;
mod export_csv;
mod export_headlines;
mod get_collection;
mod get_docs;
mod get_edit;
mod get_feed;
mod get_headline;
mod get_metrics;
mod get_openapi;
mod get_related;
mod get_status;
mod get_story;
mod get_timeline;
mod get_topic;
mod get_webhook;
mod get_why;
mod health;
mod index;
mod list_changes;
mod list_collections;
mod list_edits;
mod list_events;
mod list_events_of;
mod list_failed;
mod list_headlines_of;
mod list_sources;
mod list_topics;
mod list_webhooks;
mod patch_group;
mod post_classify;
mod post_cluster;
mod post_headlines;
mod post_judgement;
mod post_merge;
mod post_move;
mod post_split;
mod post_webhook;
mod redeliver;
mod search;
mod standing;
mod stream_changes;
mod undo_edit;

pub(super) use get_edit::number_of;
pub(super) use index::index;

use actix_web::dev::Handler;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, HttpResponse, Resource, Responder, Route, guard};

use super::addressed::Addressed;
use super::dto::Ended;
use super::pages;
use super::problem::{Kind, Problem};
use crate::engine::Snapshot;
use crate::track::{Level, State};

/// Adds every route.
pub(super) fn configure(app: &mut ServiceConfig) {
    configure_pages(app);
    app.service(get("/v1", index::get_index))
        .service(get("/docs", get_docs::get_docs))
        .service(get("/openapi.json", get_openapi::get_openapi))
        .service(get("/health/live", health::live))
        .service(get("/health/ready", health::ready))
        .service(get("/metrics", get_metrics::get_metrics))
        .service(get("/v1/sources", list_sources::list_sources))
        .service(
            get("/v1/collections", list_collections::list_collections)
                .route(web::post().to(create_collection::create_collection))
                .default_service(web::to(only_get_or_post)),
        )
        .service(
            get("/v1/collections/{collection}", get_collection::get_collection)
                .route(web::delete().to(delete_collection::delete_collection))
                .default_service(web::to(only_get_or_delete)),
        )
        .service(web::scope("/v1/collections/{collection}").configure(configure_collection))
        .service(web::scope("/v1").configure(configure_collection))
        .default_service(web::to(no_route));
}

/// The routes of one collection: below `/v1` for the default one, below its own address for each.
fn configure_collection(scope: &mut ServiceConfig) {
    scope
        .service(get("/status", get_status::get_status))
        .service(post("/headlines", post_headlines::post_headlines))
        .service(
            get("/headlines/{id}", get_headline::get_headline)
                .route(web::delete().to(delete_headline::delete_headline))
                .default_service(web::to(only_get_or_delete)),
        )
        .service(get("/headlines/{id}/why", get_why::get_why))
        .service(post("/headlines/{id}/move", post_move::move_headline))
        .service(post("/judgements", post_judgement::post_judgement))
        .service(get("/edits", list_edits::list_edits))
        .service(get("/edits/{number}", get_edit::get_edit))
        .service(post("/edits/{number}/undo", undo_edit::undo_edit))
        .service(form("/standing", standing::list_standing, standing::post_standing))
        .service(
            get("/standing/{number}", standing::get_standing)
                .route(web::delete().to(standing::delete_standing))
                .default_service(web::to(only_get_or_delete)),
        )
        .service(get("/topics", list_topics::list_topics))
        .service(
            get("/topics/{id}", get_topic::get_topic)
                .route(web::patch().to(patch_group::patch_group))
                .default_service(web::to(only_get_or_patch)),
        )
        .service(post("/topics/{id}/merge", post_merge::merge_groups))
        .service(post("/topics/{id}/split", post_split::split_topic))
        .service(get("/topics/{id}/events", list_events_of::list_events_of_topic))
        .service(get("/topics/{id}/headlines", list_headlines_of::list_headlines_of_topic))
        .service(
            get("/stories/{id}", get_story::get_story)
                .route(web::patch().to(patch_group::patch_group))
                .default_service(web::to(only_get_or_patch)),
        )
        .service(post("/stories/{id}/merge", post_merge::merge_groups))
        .service(post("/stories/{id}/split", post_split::split_story))
        .service(post("/stories/{id}/move", post_move::move_story))
        .service(get("/stories/{id}/headlines", list_headlines_of::list_headlines_of_story))
        .service(get("/stories/{id}/events", list_events_of::list_events_of_story))
        .service(get("/events", list_events::list_events))
        .service(get("/topics/{id}/timeline", get_timeline::get_timeline))
        .service(get("/topics/{id}/related", get_related::get_related))
        .service(get("/search", search::search))
        .service(get("/changes", list_changes::list_changes))
        .service(get("/changes/stream", stream_changes::stream_changes))
        .service(get("/feeds/topics.atom", get_feed::topics_atom))
        .service(get("/feeds/topics.json", get_feed::topics_json))
        .service(get("/topics/{id}/feed.atom", get_feed::topic_atom))
        .service(get("/topics/{id}/feed.json", get_feed::topic_json))
        .service(get("/headlines.csv", export_csv::export_all))
        .service(get("/export", export_headlines::export_headlines))
        .service(get("/topics/{id}/headlines.csv", export_csv::export_topic))
        .service(form("/webhooks", list_webhooks::list_webhooks, post_webhook::post_webhook))
        .service(
            get("/webhooks/{id}", get_webhook::get_webhook)
                .route(web::delete().to(delete_webhook::delete_webhook))
                .default_service(web::to(only_get_or_delete)),
        )
        .service(get("/webhooks/{id}/failed", list_failed::list_failed))
        .service(post("/webhooks/{id}/redeliver", redeliver::redeliver))
        .service(post("/classify", post_classify::post_classify))
        .service(post("/cluster", post_cluster::post_cluster));
}

/// The pages and what they load: those of other collections than the default one below the address of each.
fn configure_pages(app: &mut ServiceConfig) {
    app.service(get("/", pages::front))
        .service(get("/assets/{hash}/{name}", pages::asset))
        .service(form("/sign-in", pages::sign_in_form, pages::sign_in))
        .service(post("/sign-out", pages::sign_out))
        .service(get("/collections", pages::collections))
        .service(
            web::scope("/collections/{collection}")
                .service(get("", pages::to_front))
                .service(get("/", pages::front_of_collection))
                .configure(configure_pages_of_collection),
        );
    configure_pages_of_collection(app);
}

fn configure_pages_of_collection(scope: &mut ServiceConfig) {
    scope
        .service(get("/topics/{id}", pages::topic))
        .service(get("/stories/{id}", pages::story))
        .service(get("/headlines/{id}", pages::headline))
        .service(form("/topics/{id}/edit", pages::show_group_forms, pages::edit_group))
        .service(form("/stories/{id}/edit", pages::show_group_forms, pages::edit_group))
        .service(form("/headlines/{id}/edit", pages::show_headline_form, pages::edit_headline))
        .service(get("/edits", pages::edits))
        .service(form("/edits/{number}/undo", pages::show_undo, pages::undo))
        .service(get("/map", pages::map))
        .service(get("/fragments/topics", pages::fragment))
        .service(get("/fragments/topics/{id}", pages::topic_fragment))
        .service(form("/paste", pages::paste_form, pages::paste))
        .service(form("/quality", pages::quality, pages::assess_form));
}

/// A resource that answers GET and HEAD.
fn get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let read = Route::new().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler);
    web::resource(path).route(read).default_service(web::to(only_get))
}

/// A resource that answers POST.
fn post<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).route(web::post().to(handler)).default_service(web::to(only_post))
}

/// A resource that answers GET and HEAD, with a form or a list, and POST.
fn form<F, G, FormArgs, Args>(path: &str, show: F, take: G) -> Resource
where
    F: Handler<FormArgs>,
    FormArgs: FromRequest + 'static,
    F::Output: Responder + 'static,
    G: Handler<Args>,
    Args: FromRequest + 'static,
    G::Output: Responder + 'static,
{
    let read = Route::new().guard(guard::Any(guard::Get()).or(guard::Head())).to(show);
    web::resource(path).route(read).route(web::post().to(take)).default_service(web::to(only_get_or_post))
}

/// What became of a story or topic that is no more.
async fn ended(
    context: &Addressed,
    snapshot: &Snapshot,
    level: Level,
    id: &str,
) -> Result<HttpResponse, Problem> {
    let (id, resolution) = snapshot.resolve_at(level, id).ok_or_else(|| Problem::no_such(level))?;
    let archived = match resolution.state {
        State::Archived => context.service.archived(id).await?,
        _ => None,
    };
    Ok(HttpResponse::Ok().json(Ended { archived, ..Ended::of(id, &resolution) }))
}

async fn only_get() -> Result<&'static str, Problem> {
    Err(Problem::method_not_allowed("GET, HEAD"))
}

async fn only_get_or_delete() -> Result<&'static str, Problem> {
    Err(Problem::method_not_allowed("GET, HEAD, DELETE"))
}

async fn only_get_or_patch() -> Result<&'static str, Problem> {
    Err(Problem::method_not_allowed("GET, HEAD, PATCH"))
}

async fn only_get_or_post() -> Result<&'static str, Problem> {
    Err(Problem::method_not_allowed("GET, HEAD, POST"))
}

async fn only_post() -> Result<&'static str, Problem> {
    Err(Problem::method_not_allowed("POST"))
}

async fn no_route() -> Result<&'static str, Problem> {
    Err(Problem::new(Kind::NotFound, "GET /v1 lists what there is."))
}
