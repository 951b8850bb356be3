//! Compiles the screens and, with them, their translations, pictures and icons.

fn main() -> Result<(), slint_build::CompileError> {
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent".into())
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("lang")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(debug); // the tests find controls by their labels
    slint_build::compile_with_config("app.slint", config)
}
