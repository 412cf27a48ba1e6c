#include "app/views/lesson_cards.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/views/markdown.h"
#include "app/views/widgets.h"

namespace ipcscope {

namespace {

// A card around what is drawn while it lives, made afterwards when its height is known.
class Card {
 public:
    Card(const Theme& theme, float width, Ink edge, float thickness = 1)
        : theme_(theme), list_(ImGui::GetWindowDrawList()), start_(ImGui::GetCursorScreenPos()), width_(width), edge_(edge),
          thickness_(thickness), pad_(theme.px(14)) {
        splitter_.Split(list_, 2);
        splitter_.SetCurrentChannel(list_, 1);
        ImGui::SetCursorScreenPos({start_.x + pad_, start_.y + theme.px(12)});
        ImGui::BeginGroup();
    }
    ~Card() {
        ImGui::EndGroup();
        const float bottom = ImGui::GetItemRectMax().y + theme_.px(12);
        splitter_.SetCurrentChannel(list_, 0);
        draw_card(list_, {start_, {start_.x + width_, bottom}}, theme_.ink(Ink::Card, theme_.is_dark ? 0.75f : 1),
                  theme_.ink(edge_), theme_.px(7), std::max(1.0f, theme_.px(thickness_)));
        splitter_.Merge(list_);
        ImGui::SetCursorScreenPos(start_);
        ImGui::Dummy({width_, bottom - start_.y + theme_.px(14)});
    }
    Card(const Card&) = delete;
    float room() const { return width_ - 2 * pad_; }

 private:
    const Theme& theme_;
    ImDrawList* list_;
    ImDrawListSplitter splitter_;
    ImVec2 start_;
    float width_;
    Ink edge_;
    float thickness_;
    float pad_;
};

void gap(const Theme& theme, float logical) { ImGui::Dummy({1, theme.px(logical)}); }

void paragraph(const ImFont* font, std::string_view text, ImU32 color, float width) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy({width, draw_paragraph(ImGui::GetWindowDrawList(), font, at, width, color, text)});
}

void label(const Theme& theme, std::string_view text, float width) {
    paragraph(theme.fonts.bold, text, theme.ink(Ink::TextDim), width);
    gap(theme, 4);
}

struct Standing {
    Mark mark;
    Ink ink;
    std::string_view word;
};

// How an option stands after the learner and perhaps the kernel have spoken.
Standing standing_of(const PredictionState& state, int option) {
    const bool is_mine = option == state.chosen;
    if (state.kernel < 0)
        return is_mine ? Standing{Mark::Dot, Ink::Accent, "your answer"} : Standing{Mark::Ring, Ink::TextDim, ""};
    if (option == state.kernel)
        return {Mark::Tick, Ink::Agrees, is_mine ? "right: the kernel agrees" : "what the kernel did"};
    return is_mine ? Standing{Mark::Cross, Ink::Error, "your answer: wrong"} : Standing{Mark::Ring, Ink::TextDim, ""};
}

// One option: mark, text, and below it the standing's word. Returns true if it was pressed.
bool draw_option(const Theme& theme, int index, const Prediction::Option& option, const Standing& standing, bool is_focused,
                 bool can_choose, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = line_height(theme.fonts.text);
    const float text_x = theme.px(26);
    const float key_room = can_choose ? theme.px(26) : 0;
    const float room = width - text_x - key_room;
    float height = draw_paragraph(nullptr, theme.fonts.text, at, room, 0, option.text);
    if (!standing.word.empty()) height += line_height(theme.fonts.small);
    const Rect rect{{at.x - theme.px(8), at.y - theme.px(1)}, {at.x + width + theme.px(8), at.y + height + theme.px(3)}};
    ImGui::PushID(index);
    const Press press = pressable("option", rect, can_choose);
    ImGui::PopID();
    if (is_focused || press.is_hot)
        list->AddRectFilled(rect.min, rect.max, theme.ink(Ink::Accent, is_focused ? 0.16f : 0.08f), theme.px(5));
    const bool is_quiet = standing.ink == Ink::TextDim && !can_choose;
    draw_mark(list, standing.mark, {at.x + theme.px(8), at.y + line / 2}, theme.px(14), theme.ink(standing.ink));
    const float text_height =
        draw_paragraph(list, theme.fonts.text, {at.x + text_x, at.y + (line - font_size(theme.fonts.text)) / 2}, room,
                       theme.ink(is_quiet ? Ink::TextDim : Ink::Text), option.text);
    if (!standing.word.empty())
        draw_text(list, theme.fonts.small, {at.x + text_x, at.y + text_height}, theme.ink(standing.ink), standing.word);
    if (can_choose)
        draw_key(list, theme, {at.x + width - key_width(theme, "1"), at.y + line / 2}, std::to_string(index + 1));
    ImGui::Dummy({width, height + theme.px(5)});
    return press.is_pressed;
}

// Two halves, one of them chosen: sure | a guess.
void draw_sure_toggle(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = std::ceil(font_size(theme.fonts.small) + theme.px(10));
    const float half = std::max(text_width(theme.fonts.small, "a guess"), text_width(theme.fonts.small, "sure")) + theme.px(20);
    const Rect whole = Rect::at(at, {half * 2, height});
    draw_card(list, whole, theme.ink(Ink::Well), 0, theme.px(5));
    for (const bool is_sure : {true, false}) {
        const Rect rect = Rect::at({at.x + (is_sure ? 0 : half), at.y}, {half, height});
        const Press press = pressable(is_sure ? "sure" : "guess", rect);
        const bool is_chosen = context.is_sure == is_sure;
        if (is_chosen) draw_card(list, rect.inset(theme.px(2), theme.px(2)), theme.ink(Ink::CardHot), 0, theme.px(4));
        draw_text_in(list, theme.fonts.small, rect, Align::Center,
                     theme.ink(is_chosen || press.is_hot ? Ink::Text : Ink::TextDim), is_sure ? "sure" : "a guess");
        if (press.is_pressed) context.intents.push_back(WantSure{is_sure});
    }
    draw_key(list, theme, {whole.max.x + theme.px(8), whole.center().y}, "G");
    ImGui::Dummy({width, height});
}

}  // namespace

void draw_prediction(const ViewContext& context, int step, int block, float width) {
    const Theme& theme = context.theme;
    const Prediction& prediction =
        context.player->lesson().steps[static_cast<std::size_t>(step)].blocks[static_cast<std::size_t>(block)].prediction;
    const PredictionState& state = context.player->prediction(step, block);
    const bool is_asked = state.chosen < 0;
    ImGui::PushID(block);
    {
        Card card(theme, width, is_asked ? Ink::Accent : Ink::PanelEdge, is_asked ? 1.5f : 1);
        const float room = card.room();
        paragraph(theme.fonts.bold, is_asked ? "Predict, then step" : state.kernel < 0 ? "You predict" : "You predicted",
                  theme.ink(is_asked ? Ink::Accent : Ink::TextDim), room);
        draw_markdown(theme, prediction.question, room);
        gap(theme, 6);
        static int last_focus = -1;   // kept in sight when the keyboard moves
        const bool is_moved = is_asked && std::exchange(last_focus, context.prediction_focus) != context.prediction_focus;
        for (int i = 0; i < static_cast<int>(prediction.options.size()); ++i) {
            const Prediction::Option& option = prediction.options[static_cast<std::size_t>(i)];
            const bool is_focused = is_asked && i == context.prediction_focus;
            const Standing standing = !is_asked    ? standing_of(state, i)
                                    : is_focused ? Standing{Mark::Dot, Ink::Accent, ""}
                                                 : Standing{Mark::Ring, Ink::TextDim, ""};
            if (draw_option(theme, i, option, standing, is_focused, is_asked, room)) context.intents.push_back(WantChoose{i});
            if (is_focused && is_moved) ImGui::SetScrollHereY(0.6f);
        }
        if (is_asked) {
            gap(theme, 4);
            if (context.must_choose) {
                paragraph(theme.fonts.bold, "Choose an answer first.", theme.ink(Ink::Asleep), room);
                gap(theme, 4);
            }
            draw_sure_toggle(context, room);
        } else if (state.kernel >= 0) {
            const bool is_right = state.kernel == state.chosen;
            const std::string& mending = prediction.options[static_cast<std::size_t>(state.chosen)].mending;
            if (!is_right && !mending.empty()) {
                gap(theme, 6);
                if (state.was_sure) paragraph(theme.fonts.bold, "You were sure. Look again:", theme.ink(Ink::Error), room);
                draw_markdown(theme, mending, room);
            }
            if (!prediction.because.empty()) {
                gap(theme, 6);
                draw_markdown(theme, prediction.because, room);
            }
        }
    }
    ImGui::PopID();
}

void draw_goals(const ViewContext& context, int step, int block, float width) {
    const Theme& theme = context.theme;
    const std::vector<Goal>& goals =
        context.player->lesson().steps[static_cast<std::size_t>(step)].blocks[static_cast<std::size_t>(block)].goals;
    if (goals.empty()) return;    // of the wire, and there is none
    label(theme, "This step", width);
    Card card(theme, width, Ink::PanelEdge);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImFont* mono = theme.fonts.mono;
    const float line = line_height(mono);
    bool is_next_found = block != context.player->block();
    for (int i = 0; i < static_cast<int>(goals.size()); ++i) {
        const Goal& goal = goals[static_cast<std::size_t>(i)];
        const GoalState state = context.player->goal_state(step, block, i);
        const bool is_next = state == GoalState::Waiting && !is_next_found;
        is_next_found |= is_next;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const ImVec2 mark_at(at.x + theme.px(5), at.y + line / 2);
        if (state == GoalState::Met) draw_mark(list, Mark::Tick, mark_at, theme.px(11), theme.ink(Ink::Agrees));
        if (state == GoalState::Missed) draw_mark(list, Mark::Cross, mark_at, theme.px(11), theme.ink(Ink::Error));
        if (is_next) draw_mark(list, Mark::Right, mark_at, theme.px(9), theme.ink(Ink::Accent));
        if (state == GoalState::Waiting && !is_next)
            draw_mark(list, Mark::Dot, mark_at, theme.px(4), theme.ink(Ink::TextDim, 0.6f));

        const Process* process = context.model.process_named(goal.process);
        const ImU32 process_ink = process ? theme.process(process->id) : theme.ink(Ink::TextDim);
        const ImU32 ink = theme.ink(is_next ? Ink::Text : state == GoalState::Missed ? Ink::Error : Ink::TextDim);
        std::string_view call = goal.text;
        call.remove_prefix(std::min(call.find(goal.process) == 0 ? goal.process.size() : 0, call.size()));
        call.remove_prefix(std::min(call.find_first_not_of(' '), call.size()));
        const float x = at.x + theme.px(20);
        const float room = at.x + card.room() - x;
        const float top = at.y + (line - font_size(mono)) / 2;
        const float name_width = text_width(mono, goal.process) + theme.px(10);
        draw_fitted(list, mono, {x, top}, room, process_ink, goal.process);
        float height = line;
        if (name_width + text_width(mono, call) <= room) {
            draw_text(list, mono, {x + name_width, top}, ink, call);
        } else {
            height += draw_paragraph(list, mono, {x, top + line}, room, ink, call);
        }
        if (state == GoalState::Missed) {
            draw_text(list, theme.fonts.small, {x, at.y + height}, theme.ink(Ink::Error), "missed");
            height += line_height(theme.fonts.small);
        }
        ImGui::Dummy({card.room(), height});
    }
}

void draw_what_if(const ViewContext& context, int step, int block, std::string_view key, float width) {
    const Theme& theme = context.theme;
    const WhatIf& what_if =
        context.player->lesson().steps[static_cast<std::size_t>(step)].blocks[static_cast<std::size_t>(block)].what_if;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Button button{.label = what_if.title, .look = ButtonLook::Outlined, .key = key, .align = Align::Left};
    const float height = button_height(theme, width, button);
    ImGui::PushID(block);
    if (draw_button(theme, "what-if", Rect::at(at, {width, height}), button))
        context.intents.push_back(WantWhatIf{step, block});
    ImGui::PopID();
    ImGui::Dummy({width, height + theme.px(8)});
}

void draw_what_if_result(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    const std::string result = context.player->what_if_result();
    Card card(theme, width, Ink::Injected, 1.5f);
    paragraph(theme.fonts.bold, "Off the lesson's path, by your hand", theme.ink(Ink::Injected), card.room());
    draw_markdown(theme, result.empty() ? "The goals of this step rest. Step on and see what the kernel does." : result,
                  card.room());
    gap(theme, 8);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = std::ceil(font_size(theme.fonts.text) + theme.px(16));
    if (draw_button(theme, "come-back", Rect::at(at, {card.room(), height}),
                    {.label = "Take it back",
                     .look = ButtonLook::Outlined,
                     .key = "←",
                     .mark = Mark::Left,
                     .align = Align::Left}))
        context.intents.push_back(WantBack{});
    ImGui::Dummy({card.room(), height});
}

void draw_summary(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    const Player& player = *context.player;
    int made = 0, right = 0;
    for (int step = 0; step < player.step_count(); ++step) {
        const std::vector<Block>& blocks = player.lesson().steps[static_cast<std::size_t>(step)].blocks;
        for (int block = 0; block < static_cast<int>(blocks.size()); ++block) {
            if (blocks[static_cast<std::size_t>(block)].kind != Block::Kind::Predict) continue;
            const PredictionState& state = player.prediction(step, block);
            made += state.chosen >= 0;
            right += state.chosen >= 0 && state.chosen == state.kernel;
        }
    }
    const auto calls = std::count_if(context.log.entries().begin(), context.log.entries().end(),
                                     [](const CallLog::Entry& entry) { return entry.is_call && !entry.call.is_inside; });
    Card card(theme, width, Ink::Agrees, 1.5f);
    paragraph(theme.fonts.title, "Lesson done", theme.ink(Ink::Text), card.room());
    gap(theme, 6);
    const auto fact = [&](bool is_good, const std::string& text) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float line = line_height(theme.fonts.text), indent = theme.px(24);
        draw_mark(ImGui::GetWindowDrawList(), is_good ? Mark::Tick : Mark::Ring, {at.x + theme.px(7), at.y + line / 2},
                  theme.px(12), theme.ink(is_good ? Ink::Agrees : Ink::TextDim));
        const float top = std::floor((line - font_size(theme.fonts.text)) / 2);
        ImGui::Dummy({card.room(), draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.text, {at.x + indent, at.y + top},
                                                  card.room() - indent, theme.ink(Ink::Text), text)});
    };
    const auto disagreed = player.disagreements().size();
    if (made > 0) fact(right == made, std::to_string(right) + " of " + std::to_string(made) + " predictions right");
    fact(true, std::to_string(calls) + " real calls of " + std::to_string(context.model.processes().size()) +
                   " processes, one at a time");
    fact(disagreed == 0, disagreed == 0
                             ? "the kernel agreed with all " + std::to_string(player.witness_lines()) + " facts on the way"
                             : "the kernel disagreed with " + std::to_string(disagreed) + " facts");
}

}  // namespace ipcscope
