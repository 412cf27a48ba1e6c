// The fenced blocks of a lesson's text: lesson, predict, step, what-if, compare.
#pragma once

#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/markdown.h"

namespace ipcscope {

// What the blocks are read against.
struct BlockContext {
    std::string path;    // of lesson.md, for mistakes
    std::string folder;  // whose programs may be named
    std::vector<std::string> processes, threads, hosts;
};

// Fills in what the `lesson` block says: number, part, teaches, program, processes.
Result<void> read_header(const BlockContext& context, const MarkdownPiece& fence, Lesson& lesson);
Result<Prediction> read_prediction(const BlockContext& context, const MarkdownPiece& fence);
Result<std::vector<Goal>> read_goals(const BlockContext& context, const MarkdownPiece& fence);
Result<WhatIf> read_what_if(const BlockContext& context, const MarkdownPiece& fence);
Result<Comparison> read_comparison(const BlockContext& context, const MarkdownPiece& fence);

// `hosts:` and, where there are hosts, `program:` (header_hosts.cpp).
Result<void> read_hosts(const BlockContext& context, int line, std::string_view value, Lesson& lesson);
Result<void> read_programs(const BlockContext& context, int line, std::string_view value, Lesson& lesson);

// What processes, threads, hosts and places in memory may be called.
bool is_name(std::string_view name);
// Words, between blanks and commas.
std::vector<std::string> words_of(std::string_view text);

// A mistake if `name` is no C program in the lesson's folder.
Result<void> check_program(const BlockContext& context, int line, const std::string& name);

}  // namespace ipcscope
