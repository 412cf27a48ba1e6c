// The panel at the left: the lesson's text as far as it has been told, and below it what has just happened and what the
// learner may do next.
#include <algorithm>
#include <cmath>
#include <optional>

#include "app/views/lesson_cards.h"
#include "app/views/markdown.h"
#include "app/views/view.h"
#include "app/views/widgets.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

// What the learner may do next, and how it is asked for; nothing to ask for = it cannot be done now.
struct NextMove {
    std::string text;
    std::string key;
    std::optional<Intent> intent;
    bool is_onward = true;   // along the lesson
};

// The script is over, and somebody stands at a gate.
bool has_calls_left(const Player& player) { return player.is_open() && player.next_thread() != no_id; }

NextMove onward_move(const ViewContext& context, const char* key) {
    const Player& player = *context.player;
    if (!player.is_done()) return {"Next: " + player.lesson().steps[static_cast<std::size_t>(player.step()) + 1].title, key, WantAdvance{}};
    return {context.next_lesson.empty() ? "All lessons" : "Next lesson: " + std::string(context.next_lesson), key, WantAdvance{}};
}

NextMove next_move(const ViewContext& context) {
    const Player& player = *context.player;
    if (!context.is_now) return {"Back to now", "End", WantCursor{no_id}, false};
    if (player.has_failed()) return {"Restart the lesson", "Home", WantRestart{}, false};
    if (player.is_running()) return {"Pause", "R", WantRun{}, false};
    if (player.wants_prediction()) {
        if (context.prediction_focus < 0) return {"Choose an answer", "1-9", std::nullopt};
        return {context.is_sure ? "Answer" : "Answer: a guess", "Enter",
                WantPredict{context.prediction_focus, context.is_sure}};
    }
    if (player.waits_for_visitors() && !player.can_step()) return {"Waiting for a visitor", "", std::nullopt};
    if (!player.is_off_script() && player.is_step_done() && !has_calls_left(player)) return onward_move(context, "Space");
    if (!player.can_step()) {
        const bool is_at_rest = player.run() && player.run()->is_quiet();
        if (!is_at_rest) return {"The kernel is at work", "", std::nullopt};
        return player.is_off_script() ? NextMove{"Take it back", "Space", WantBack{}}
                                      : NextMove{"Choose a process to step", "1-9", std::nullopt};
    }
    const Thread* thread = context.model.thread(context.next_thread);
    const Process* process = thread ? context.model.process(thread->process) : nullptr;
    const CallLog::Entry* entry = thread && thread->call() != no_id ? context.log.entry_of(thread->call()) : nullptr;
    return {process && entry ? "Step: " + process->name + " calls " + entry->call.name : "Step", "Space", WantStep{}};
}

// What stands below the text, always in sight: its words, and how high they are.
struct Foot {
    std::string sentence;
    Ink edge = Ink::Accent;
    NextMove move;
    std::optional<NextMove> other;    // the text's next step, where the next move is a call
    float sentence_height = 0, button_height = 0, other_height = 0, height = 0;    // `other` with the gap above it
};

Foot foot_of(const ViewContext& context, float width, bool has_sentence) {
    const Theme& theme = context.theme;
    Foot foot;
    foot.move = next_move(context);
    if (context.is_now && !context.player->is_running() && (has_calls_left(*context.player) || context.player->waits_for_visitors())) foot.other = onward_move(context, "Enter");
    foot.sentence = shorter_rows(context.player->last_sentence());
    if (const std::string status = context.player->status(); !status.empty()) {
        foot.sentence = status;
        foot.edge = context.player->has_failed() ? Ink::Error : Ink::Asleep;
    }
    if (has_sentence && !foot.sentence.empty())
        foot.sentence_height =
            draw_paragraph(nullptr, theme.fonts.text, {}, width - theme.px(14), 0, foot.sentence) + theme.px(14);
    foot.button_height = button_height(theme, width, {.label = foot.move.text, .key = foot.move.key, .align = Align::Left});
    if (foot.other) foot.other_height = button_height(theme, width, {.label = foot.other->text, .key = foot.other->key, .align = Align::Left}) + theme.px(8);
    foot.height = foot.sentence_height + foot.button_height + theme.px(30) + foot.other_height;
    return foot;
}

// What has just happened: a bar at its left, and its words.
void draw_sentence(const Theme& theme, const Foot& foot, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float indent = theme.px(14);
    const float height = draw_paragraph(list, theme.fonts.text, {at.x + indent, at.y + theme.px(3)}, width - indent,
                                        theme.ink(Ink::Text), foot.sentence);
    list->AddRectFilled(at, {at.x + theme.px(3), at.y + height}, theme.ink(foot.edge), theme.px(1.5f));
    ImGui::Dummy({width, height});
}

void draw_foot(const ViewContext& context, const Foot& foot, const Rect& whole, float padding) {
    const Theme& theme = context.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float width = whole.width() - 2 * padding;
    list->AddLine(whole.min, {whole.max.x, whole.min.y}, theme.ink(Ink::PanelEdge), std::max(1.0f, theme.px(1)));
    const float bottom = whole.max.y - theme.px(16);
    if (foot.other && draw_button(theme, "other-move", {{whole.min.x + padding, bottom - foot.other_height + theme.px(8)}, {whole.min.x + padding + width, bottom}},
                                  {.label = foot.other->text, .look = ButtonLook::Outlined, .key = foot.other->key, .align = Align::Left}))
        context.intents.push_back(*foot.other->intent);
    const Rect button = Rect::at({whole.min.x + padding, bottom - foot.other_height - foot.button_height}, {width, foot.button_height});
    if (foot.sentence_height > 0) {
        const float height = std::min(foot.sentence_height, button.min.y - whole.min.y) - theme.px(14);
        Panel panel(theme, "sentence", whole.min, {whole.width(), height + 2 * theme.px(14)}, {.has_card = false});
        draw_sentence(theme, foot, width);
    }
    const bool is_accent = foot.move.intent && foot.move.is_onward;
    if (draw_button(theme, "next-move", button,
                    {.label = foot.move.text, .look = is_accent ? ButtonLook::Accent : ButtonLook::Outlined,
                     .is_enabled = foot.move.intent.has_value(), .key = foot.move.key, .align = Align::Left}))
        context.intents.push_back(*foot.move.intent);
}

bool is_unanswered(const ViewContext& context, int step, int block) {
    return context.player->prediction(step, block).chosen < 0;
}

// The step's blocks up to the one that is being worked on: what comes later may give an answer away.
void draw_blocks(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    const Player& player = *context.player;
    const int step = player.step();
    const std::vector<Block>& blocks = player.lesson().steps[static_cast<std::size_t>(step)].blocks;
    std::size_t what_ifs = 0;
    const auto gap = [&](float logical) { ImGui::Dummy({1, theme.px(logical)}); };
    for (int i = 0; i < static_cast<int>(blocks.size()); ++i) {
        const Block& block = blocks[static_cast<std::size_t>(i)];
        if (i > player.block() && !player.is_step_done()) break;
        switch (block.kind) {
            case Block::Kind::Prose:
                if (const std::string link = draw_markdown(theme, block.prose, width); !link.empty())
                    context.intents.push_back(WantCopy{link});
                gap(14);
                break;
            case Block::Kind::Predict: draw_prediction(context, step, i, width); break;
            case Block::Kind::Goals: draw_goals(context, step, i, width); break;
            case Block::Kind::WhatIf:
                if (i == 0 || blocks[static_cast<std::size_t>(i) - 1].kind != Block::Kind::WhatIf) {
                    draw_text(ImGui::GetWindowDrawList(), theme.fonts.bold, ImGui::GetCursorScreenPos(),
                              theme.ink(Ink::TextDim), "What if…");
                    gap(26);
                }
                draw_what_if(context, step, i, what_ifs < what_if_keys.size() ? what_if_keys.substr(what_ifs, 1) : "", width);
                ++what_ifs;
                break;
        }
        if (block.kind == Block::Kind::Predict && is_unanswered(context, step, i)) break;
    }
}

// Where the text stood when it was last drawn, to follow what is new.
struct Seen {
    std::string lesson;
    int step = -1, block = -1;
    bool is_done = false, is_off = false;
    bool operator==(const Seen&) const = default;
};

}  // namespace

void draw_lesson(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    const Player& player = *context.player;
    const Rect whole = Rect::at(position, size);
    draw_card(ImGui::GetWindowDrawList(), whole, theme.ink(Ink::Panel), theme.is_dark ? 0 : theme.ink(Ink::PanelEdge),
              theme.px(8), std::max(1.0f, theme.px(1)));
    const float padding = theme.px(18);
    const bool is_low = size.y < theme.px(360);   // then the sentence goes with the text, so that the text has room
    const Foot foot = foot_of(context, size.x - 2 * padding, !is_low);
    const float foot_top = std::max(whole.min.y + size.y * 0.4f, whole.max.y - foot.height);
    {
        Panel panel(theme, "lesson", position, {size.x, foot_top - position.y}, {.has_card = false});
        const float width = panel.area().width();
        static Seen seen;   // which step's text the panel's scroll position belongs to
        const Seen now{player.lesson().id, player.step(), player.block(), player.is_step_done(), player.is_off_script()};
        const bool is_new_step = now.lesson != seen.lesson || now.step != seen.step;
        const bool is_changed = !(now == seen);
        seen = now;
        if (is_new_step) ImGui::SetScrollY(0);
        if (context.scroll != 0) ImGui::SetScrollY(ImGui::GetScrollY() + context.scroll);

        if (player.step() == 0) {
            for (const std::string& prose : player.lesson().prose) {
                if (const std::string link = draw_markdown(theme, prose, width); !link.empty())
                    context.intents.push_back(WantCopy{link});
                ImGui::Dummy({1, theme.px(14)});
            }
        }
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const std::string& title = player.lesson().steps[static_cast<std::size_t>(player.step())].title;
        const float title_line = std::ceil(font_size(theme.fonts.title) * 1.3f);
        const float title_height =
            draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.title, at, width, theme.ink(Ink::Text), title, title_line);
        ImGui::Dummy({width, title_height + theme.px(10)});
        draw_blocks(context, width);
        if (player.is_off_script()) draw_what_if_result(context, width);
        if (player.is_done()) draw_summary(context, width);
        if (is_low && !foot.sentence.empty()) draw_sentence(theme, foot, width);
        if (is_changed && !is_new_step) ImGui::SetScrollHereY(1);
    }
    ImGui::SetCursorScreenPos({whole.min.x, foot_top});
    draw_foot(context, foot, {{whole.min.x, foot_top}, whole.max}, padding);
}

}  // namespace ipcscope
