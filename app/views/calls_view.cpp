// Every call in its canonical line, in the order of events; below it what the chosen one is, and the kernel's word.
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <cctype>
#include <cstring>

#include "app/views/side_views.h"
#include "app/views/widgets.h"
#include "app/views/words.h"
#include "core/lesson/goal.h"

namespace ipcscope {

namespace {

using Entry = CallLog::Entry;

std::string text_of(const CanonicalCall& call) {
    std::string text = call.name + "(";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) text += (i ? ", " : "") + call.arguments[i];
    return text + ")";
}

// "= -1 EBADF (Bad file descriptor)" without its explanation, where there is no room for both.
std::string brief_outcome(const std::string& outcome) {
    return outcome.starts_with("=") ? outcome.substr(0, outcome.find(" (")) : outcome;
}

bool is_after_cursor(const ViewContext& context, EventIndex at) { return at == no_id || at >= context.cursor; }

Ink ink_of_outcome(const std::string& outcome) {
    if (outcome.starts_with("= -1") || outcome.starts_with("dies")) return Ink::Error;
    if (outcome.starts_with("asleep")) return Ink::Asleep;
    return outcome.starts_with("=") ? Ink::Agrees : Ink::TextDim;
}

// The search field, and which entries it lets through. Kept between frames; made again only when something is new.
struct Filter {
    char text[80] = "";
    std::string applied;
    std::size_t seen = 0;
    std::vector<std::uint32_t> shown;

    void update(const std::vector<Entry>& entries) {
        const bool is_another_run = entries.size() < seen || (seen > 0 && entries[0].enter != first_enter_);
        if (is_another_run || applied != text) {
            shown.clear();
            seen = 0;
            applied = text;
        }
        for (; seen < entries.size(); ++seen)
            if (lets_through(entries[seen])) shown.push_back(static_cast<std::uint32_t>(seen));
        first_enter_ = entries.empty() ? no_id : entries[0].enter;
    }

 private:
    bool lets_through(const Entry& entry) const {
        if (applied.empty()) return true;
        const std::string line = entry.call.line();
        const auto same = [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
        };
        return std::search(line.begin(), line.end(), applied.begin(), applied.end(), same) != line.end();
    }
    EventIndex first_enter_ = no_id;
};

Filter& filter() {
    static Filter only;
    return only;
}

void draw_search(const ViewContext& context, const Rect& rect) {
    const Theme& theme = context.theme;
    ImGui::SetCursorScreenPos(rect.min);
    ImGui::PushFont(theme.fonts.text);
    ImGui::SetNextItemWidth(rect.width());
    if (context.is_searching) ImGui::SetKeyboardFocusHere();
    ImGui::InputTextWithHint("##search", "Search  (Ctrl+F)", filter().text, sizeof filter().text);
    ImGui::PopFont();
}

void press_row(const ViewContext& context, const Entry& entry) {
    context.selection.call = entry.is_call ? entry.enter : no_id;
    context.selection.process = entry.process;
    const EventIndex end = entry.exit != no_id ? entry.exit : entry.enter;
    context.intents.push_back(WantCursor{end + 1 >= context.trace.size() ? no_id : end + 1});
}

// A call that was under way at the moment being looked at is shown as it stood then, whatever has become of it.
std::string outcome_at_cursor(const ViewContext& context, const Entry& entry) {
    const bool was_open = entry.is_call && is_after_cursor(context, entry.exit);
    const Thread* thread = context.is_now || !was_open ? nullptr : context.model.thread(entry.thread);
    if (!thread) return entry.call.outcome;
    switch (thread->state) {
        case ThreadState::AtGate: return "at the gate";
        case ThreadState::Asleep: return "asleep";
        default: return "in the kernel";
    }
}

void draw_row(const ViewContext& context, const Entry& entry, const Rect& row, float name_width, bool is_latest) {
    const Theme& theme = context.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImFont* mono = theme.fonts.mono;
    ImGui::PushID(static_cast<int>(entry.enter));
    const Press press = pressable("row", row);
    ImGui::PopID();
    if (press.is_pressed) press_row(context, entry);

    const bool is_future = is_after_cursor(context, entry.enter);
    std::string outcome = is_future ? "" : outcome_at_cursor(context, entry);
    const std::string call = shorter_rows(text_of(entry.call));
    if (entry.is_call && name_width + text_width(mono, call) + theme.px(10) + text_width(mono, outcome) > row.width()) outcome = brief_outcome(outcome);
    const bool is_asleep = outcome.starts_with("asleep");
    const bool is_selected = entry.is_call && context.selection.call == entry.enter;
    ImU32 ground = 0;
    if (is_selected) ground = theme.ink(Ink::Accent, 0.22f);
    else if (is_asleep) ground = theme.ink(Ink::Asleep, 0.18f);
    else if (is_latest) ground = theme.ink(Ink::CardHot, 0.7f);
    else if (press.is_hot) ground = theme.ink(Ink::Card);
    if (ground)
        list->AddRectFilled({row.min.x - theme.px(8), row.min.y}, {row.max.x + theme.px(8), row.max.y}, ground, theme.px(4));

    const float alpha = is_future ? 0.4f : 1;
    const ImU32 process_ink = entry.process == no_id ? theme.ink(Ink::TextDim) : theme.process(entry.process);
    const ImU32 faded = (process_ink & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha * 255) << IM_COL32_A_SHIFT);
    draw_text_in(list, mono, {row.min, {row.min.x + name_width - theme.px(12), row.max.y}}, Align::Left, faded,
                 entry.call.process);
    const float outcome_width = std::min(text_width(mono, outcome), row.width() * 0.45f);
    const float right = row.max.x - outcome_width;
    const Ink ink = entry.call.is_injected ? Ink::Injected : entry.call.is_inside || !entry.is_call ? Ink::TextDim : Ink::Text;
    if (entry.is_call) {
        draw_text_in(list, mono, {{row.min.x + name_width, row.min.y}, {right - theme.px(10), row.max.y}}, Align::Left,
                     theme.ink(ink, alpha), call);
        draw_text_in(list, mono, {{right, row.min.y}, row.max}, Align::Right, theme.ink(ink_of_outcome(outcome), alpha),
                     outcome);
    } else {
        draw_text_in(list, mono, {{row.min.x + name_width, row.min.y}, row.max}, Align::Left, theme.ink(ink, alpha),
                     entry.call.outcome);
    }
    if (press.is_hot) draw_tool_tip(theme, entry.call.line());
}

void draw_list(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    const std::vector<Entry>& entries = context.log.entries();
    filter().update(entries);
    const std::vector<std::uint32_t>& shown = filter().shown;
    Panel panel(theme, "list", position, size, {.has_card = false});
    const float width = panel.area().width();
    if (shown.empty()) {
        draw_paragraph(ImGui::GetWindowDrawList(), theme.fonts.text, ImGui::GetCursorScreenPos(), width,
                       theme.ink(Ink::TextDim),
                       entries.empty() ? "No call has been made yet." : "No call has this in its line.");
        return;
    }
    float name_width = 0;
    for (const Process& process : context.model.processes())
        name_width = std::max(name_width, text_width(theme.fonts.mono, process.name));
    for (const Thread& thread : context.model.threads()) name_width = std::max(name_width, text_width(theme.fonts.mono, context.model.name_of(thread.id)));
    name_width = std::min(name_width, width * 0.3f) + theme.px(16);
    const float row_height = std::ceil(font_size(theme.fonts.mono) + theme.px(10));
    const auto is_later = [&](EventIndex cursor, std::uint32_t index) { return cursor <= entries[index].enter; };
    const auto after_cursor = std::upper_bound(shown.begin(), shown.end(), context.cursor, is_later);
    const auto latest = static_cast<int>(after_cursor - shown.begin()) - 1;

    static std::pair<EventIndex, std::size_t> followed;   // keeps the latest row in sight when it has changed
    const std::pair<EventIndex, std::size_t> now{context.cursor, shown.size()};
    if (std::exchange(followed, now) != now) {
        const float wanted = static_cast<float>(latest + 2) * row_height - panel.area().height();
        if (ImGui::GetScrollY() < wanted || static_cast<float>(latest) * row_height < ImGui::GetScrollY())
            ImGui::SetScrollY(std::max(0.0f, wanted));
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(shown.size()), row_height);
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const ImVec2 at = ImGui::GetCursorScreenPos();
            draw_row(context, entries[shown[static_cast<std::size_t>(i)]], Rect::at(at, {width, row_height}), name_width,
                     i == latest);
            ImGui::Dummy({width, row_height});
        }
    }
}

std::string signature_of(const CallRow& row) {
    std::string text = std::string(row.result_type) + " " + std::string(row.name) + "(";
    for (std::size_t i = 0; i < row.argument_count; ++i) {
        std::string type(row.argument[i].type);
        const std::size_t stars = type.find('*');
        if (stars == std::string::npos) type += ' ';
        else if (stars > 0 && type[stars - 1] != ' ') type.insert(stars, " ");
        text += (i ? ", " : "") + type + std::string(row.argument[i].name);
    }
    return text + (row.argument_count == 0 ? "void)" : ")");
}

// The call whose help is shown: the chosen one, else the latest that the program's own code has made.
const Entry* explained_entry(const ViewContext& context) {
    if (const Entry* chosen = context.selection.call == no_id ? nullptr : context.log.entry_of(context.selection.call))
        return chosen;
    const std::vector<Entry>& entries = context.log.entries();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
        if (entry->is_call && !entry->call.is_inside && entry->enter < context.cursor) return &*entry;
    return nullptr;
}

// A call that stands at the gate can be given another answer than the kernel's; what comes of it is marked as injected.
void draw_gate(const ViewContext& context, const Entry& entry, float width) {
    const Event& enter = context.trace[entry.enter];
    const Thread* thread = context.model.thread(enter.thread);
    if (!context.player || !context.is_now || !thread || thread->state != ThreadState::AtGate || thread->call() != entry.enter) return;
    struct Offer {
        const char* label;
        const char* key;
        Intent intent;
        bool is_there;
    };
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    const int error = likely_error(row);
    const std::string failing = std::string("fail with ") + strerrorname_np(error);
    const Offer offers[] = {{failing.c_str(), "I", WantFail{thread->id, error}, can_fail(row)},
                            {"wake without a signal", "W", WantWake{thread->id}, can_wake_for_no_reason(row)},
                            {"1 byte only", "S", WantShorten{thread->id, 1}, can_be_shortened(row)},
                            {"kill", "K", WantKill{thread->process, SIGKILL}, true}};
    const Theme& theme = context.theme;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = font_size(theme.fonts.text) + theme.px(12);
    float x = 0, y = theme.px(4);
    for (const Offer& offer : offers) {
        if (!offer.is_there) continue;
        const Button button{.label = offer.label, .look = ButtonLook::Outlined, .key = offer.key};
        const float room = button_width(theme, button);
        if (x > 0 && x + room > width) x = 0, y += height + theme.px(6);
        if (draw_button(theme, offer.key, Rect::at({at.x + x, at.y + y}, {room, height}), button)) context.intents.push_back(offer.intent);
        x += room + theme.px(6);
    }
    ImGui::Dummy({width, y + height + theme.px(6)});
}

void draw_help(const ViewContext& context, float width) {
    const Theme& theme = context.theme;
    const Entry* entry = explained_entry(context);
    if (!entry || !is_call(context.trace[entry->enter].call)) return;
    const CallRow& row = row_of(static_cast<CallId>(context.trace[entry->enter].call));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const auto paragraph = [&](const ImFont* font, Ink ink, std::string_view text, float gap) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({width, draw_paragraph(list, font, at, width, theme.ink(ink), text) + theme.px(gap)});
    };
    paragraph(theme.fonts.bold, Ink::Text, std::string(row.name) + (row.section == 0 ? "" : "(" + std::to_string(row.section) + ")"), 2);
    paragraph(theme.fonts.mono, Ink::TextDim, signature_of(row), 6);
    paragraph(theme.fonts.text, Ink::TextDim, row.help, 2);
    if (entry->call.outcome.starts_with("= -1"))
        paragraph(theme.fonts.text, Ink::Error, "Here: " + entry->call.outcome.substr(2), 0);
    draw_gate(context, *entry, width);
}

float rule(const Theme& theme, ImVec2 at, float width) {
    ImGui::GetWindowDrawList()->AddLine(at, {at.x + width, at.y}, theme.ink(Ink::PanelEdge), std::max(1.0f, theme.px(1)));
    return theme.px(14);
}

}  // namespace

void draw_calls(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    const float padding = theme.px(18);
    const float search_height = std::ceil(font_size(theme.fonts.text) + theme.px(12));
    const bool is_wide = size.x > theme.px(640) && size.y < theme.px(420);   // then the help stands beside the list
    const float list_width = is_wide ? std::floor(size.x * 0.58f) : size.x;
    draw_search(context, Rect::at({position.x + padding, position.y}, {list_width - 2 * padding, search_height}));
    const float top = position.y + search_height + theme.px(8);
    if (is_wide) {
        draw_list(context, {position.x, top}, {list_width, position.y + size.y - top});
        Panel help(theme, "help", {position.x + list_width, position.y - theme.px(14)},
                   {size.x - list_width, size.y + theme.px(14)}, {.has_card = false});
        draw_help(context, help.area().width());
        return;
    }
    const float bottom = position.y + size.y;
    const float list_height = std::floor((bottom - top) * (size.y < theme.px(300) ? 1.0f : 0.41f));
    draw_list(context, {position.x, top}, {size.x, list_height});
    if (bottom - top - list_height < theme.px(60)) return;
    const float help_top = top + list_height + theme.px(6);
    rule(theme, {position.x + padding, help_top}, size.x - 2 * padding);
    static float help_height = 0;   // as it was drawn last
    const float least = context.witnesses.empty() ? 0 : witness_foot_height(theme, std::min<std::size_t>(context.witnesses.size(), 2)) + 2 * theme.px(14);
    const float help_end = std::min(bottom - least, help_top + (help_height > 0 ? help_height + 2 * theme.px(14) : bottom));
    {
        Panel help(theme, "help", {position.x, help_top}, {size.x, help_end - help_top}, {.has_card = false});
        const float top_of_help = ImGui::GetCursorScreenPos().y;
        draw_help(context, help.area().width());
        help_height = ImGui::GetCursorScreenPos().y - top_of_help;
    }
    if (context.witnesses.empty()) return;
    rule(theme, {position.x + padding, help_end}, size.x - 2 * padding);
    Panel word(theme, "word", {position.x, help_end}, {size.x, bottom - help_end}, {.has_card = false});
    draw_witness_foot(context, word.area().size());
}

}  // namespace ipcscope
