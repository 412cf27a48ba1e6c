#include "core/lesson/lesson.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "core/lesson/blocks.h"
#include "core/lesson/markdown.h"
#include "core/lesson/nearest.h"
#include "core/lesson/text_file.h"
#include "core/session/paths.h"

namespace ipcscope {

namespace {

const std::vector<std::string> block_names = {"lesson", "predict", "step", "what-if", "compare"};

// Builds a lesson from the pieces of its text, in their order.
class Builder {
  public:
    Builder(Lesson& lesson, const std::string& path) : lesson_(lesson), context_{path, lesson.folder, {}, {}, {}} {}

    Result<void> add(const MarkdownPiece& piece) {
        switch (piece.kind) {
            case MarkdownPiece::Kind::Heading:
                return add_heading(piece);
            case MarkdownPiece::Kind::Fence:
                return add_fence(piece);
            case MarkdownPiece::Kind::Prose:
                return add_prose(piece, piece.text);
        }
        return {};
    }

    Result<void> finish() {
        if (lesson_.title.empty()) return mistake(1, "a lesson begins with its title, `# Title`");
        if (!has_header_)
            return mistake(1, "a lesson needs a ```lesson block that says number, part, teaches, program and processes");
        if (lesson_.steps.empty())
            return mistake(1, "this lesson has no step: a step begins with a heading, `## What it shows`");
        return finish_step();
    }

  private:
    Failure mistake(int line, const std::string& what) const { return mistake_at(context_.path, line, what); }

    Result<void> add_heading(const MarkdownPiece& piece) {
        if (lesson_.title.empty()) {
            if (piece.level != 1) return mistake(piece.line, "a lesson begins with its title, `# Title`");
            if (piece.text.empty()) return mistake(piece.line, "the title is empty");
            lesson_.title = piece.text;
            return {};
        }
        if (piece.level == 1) return mistake(piece.line, "a lesson has one title; a step begins with `## `");
        if (piece.level > 2) return add_prose(piece, piece.written + "\n");
        if (!has_header_) return mistake(piece.line, "the ```lesson block comes before the first step");
        if (piece.text.empty()) return mistake(piece.line, "this step has no title");
        if (auto finished = finish_step(); !finished) return finished;
        lesson_.steps.push_back({piece.line, piece.text, {}});
        return {};
    }

    Result<void> add_fence(const MarkdownPiece& piece) {
        const std::string name = piece.text.substr(0, piece.text.find_first_of(" \t"));
        if (std::ranges::find(block_names, name) == block_names.end()) {
            if (const auto meant = name.size() > 3 ? nearest_name(name, block_names) : std::nullopt)
                return mistake(piece.line, "a block is called \"" + name + "\"; did you mean \"" + *meant + "\"?");
            return add_prose(piece, piece.written + "\n");
        }
        if (name == "lesson") return add_header(piece);
        if (name == "compare") return add_comparison(piece);
        if (lesson_.steps.empty())
            return mistake(piece.line, "a " + name + " block belongs into a step, behind a heading `## `");
        Block block;
        const auto keep = [&](auto&& read, auto& into) -> Result<void> {
            if (!read) return read.failure();
            into = std::move(*read);
            lesson_.steps.back().blocks.push_back(std::move(block));
            return {};
        };
        if (name == "predict") {
            block.kind = Block::Kind::Predict;
            return keep(read_prediction(context_, piece), block.prediction);
        }
        if (name == "step") {
            block.kind = Block::Kind::Goals;
            return keep(read_goals(context_, piece), block.goals);
        }
        block.kind = Block::Kind::WhatIf;
        return keep(read_what_if(context_, piece), block.what_if);
    }

    Result<void> add_header(const MarkdownPiece& piece) {
        if (has_header_) return mistake(piece.line, "there is a ```lesson block already");
        if (lesson_.title.empty()) return mistake(piece.line, "a lesson begins with its title, `# Title`");
        has_header_ = true;
        auto read = read_header(context_, piece, lesson_);
        context_.processes = lesson_.processes;
        context_.threads = lesson_.threads;
        for (const LessonHost& host : lesson_.hosts) context_.hosts.push_back(host.name);
        return read;
    }

    Result<void> add_comparison(const MarkdownPiece& piece) {
        if (!has_header_) return mistake(piece.line, "the ```lesson block comes before the ```compare block");
        if (lesson_.comparison) return mistake(piece.line, "there is a ```compare block already, in line " + std::to_string(lesson_.comparison->line));
        auto comparison = read_comparison(context_, piece);
        if (!comparison) return comparison.failure();
        lesson_.comparison = std::move(*comparison);
        return {};
    }

    // Prose that is cut by a block of its own kind (a listing, a small heading) stays one.
    Result<void> add_prose(const MarkdownPiece& piece, const std::string& text) {
        if (lesson_.title.empty()) return mistake(piece.line, "a lesson begins with its title, `# Title`");
        if (lesson_.steps.empty()) {
            lesson_.prose.push_back(text);
            return {};
        }
        auto& blocks = lesson_.steps.back().blocks;
        if (blocks.empty() || blocks.back().kind != Block::Kind::Prose) blocks.emplace_back();
        blocks.back().prose += text;
        return {};
    }

    Result<void> finish_step() {
        if (lesson_.steps.empty()) return {};
        bool has_goals_after = false;
        const auto& blocks = lesson_.steps.back().blocks;
        for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
            if (block->kind == Block::Kind::Goals) has_goals_after = true;
            if (block->kind == Block::Kind::Predict && !has_goals_after)
                return mistake(block->prediction.line,
                               "nothing answers this prediction: a ```step block must follow it in the same step");
        }
        return {};
    }

    Lesson& lesson_;
    BlockContext context_;
    bool has_header_ = false;
};

bool came_with_us(const std::string& folder) {
    const auto paths = find_paths();
    std::error_code error;
    return paths && std::filesystem::equivalent(std::filesystem::path(folder).parent_path(), paths->lessons, error);
}

}  // namespace

Result<Lesson> load_lesson(const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    Lesson lesson;
    lesson.folder = fs::weakly_canonical(folder, error).string();
    if (error) lesson.folder = folder;
    lesson.id = fs::path(lesson.folder).filename().string();
    const std::string path = (fs::path(folder) / "lesson.md").lexically_normal().string();
    const auto text = read_text_file(path);
    if (!text) return text.failure();
    const auto pieces = split_markdown(path, *text);
    if (!pieces) return pieces.failure();
    Builder builder(lesson, path);
    for (const MarkdownPiece& piece : *pieces)
        if (auto added = builder.add(piece); !added) return added.failure();
    if (auto finished = builder.finish(); !finished) return finished.failure();
    lesson.came_with_ipcscope = came_with_us(lesson.folder);
    return lesson;
}

std::vector<LessonEntry> find_lessons(const std::string& lessons) {
    namespace fs = std::filesystem;
    std::vector<LessonEntry> entries;
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(lessons, error)) {
        if (!fs::exists(folder.path() / "lesson.md", error)) continue;
        LessonEntry entry;
        entry.folder = folder.path().string();
        auto lesson = load_lesson(entry.folder);
        if (lesson)
            entry.lesson = std::move(*lesson);
        else
            entry.error = lesson.sentence();
        entries.push_back(std::move(entry));
    }
    const auto place = [](const LessonEntry& entry) {
        return std::pair(entry.lesson ? entry.lesson->number : INT32_MAX, std::cref(entry.folder).get());
    };
    std::ranges::sort(entries, {}, place);
    return entries;
}

}  // namespace ipcscope
