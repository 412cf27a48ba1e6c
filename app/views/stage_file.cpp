// Files: each open file has an offset of its own; who shares it stands beside it.
#include <algorithm>
#include <cmath>

#include "app/views/stage_object.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr std::size_t most = 3;   // open files that have a line

void draw_open_file(const ObjectPainter& painter, const Rect& line, const OpenFile& file) {
    const Model& model = painter.model();
    const Theme& theme = painter.theme();
    const Object& object = painter.object();
    std::string holders;    // "parent 1 3, child 1 3"
    ProcessId last = no_id;
    for (const Model::Holder& holder : model.holders(object.id, End::None)) {
        if (model.file_behind(holder.process, holder.descriptor) != &file) continue;
        const Process* process = model.process(holder.process);
        if (holder.process != last) holders += joined({holders.empty() ? "" : ", ", process ? process->name : "?"});
        holders += joined({" ", std::to_string(holder.descriptor)});
        last = holder.process;
    }
    if (object.locks) {
        const float right = line.max.x - draw_lock_of_file(painter, line, file);
        draw_text_in(painter.list(), theme.fonts.small, {line.min, {right, line.max.y}}, Align::Left, theme.ink(Ink::Text),
                     joined({"open file  ", holders}));
        return;
    }
    const std::int64_t size = std::max<std::int64_t>(object.file_size.value_or(0), std::max<std::int64_t>(file.offset, 1));
    const float bar_width = std::min(painter.px(84), line.width() * 0.36f);
    const Rect bar{{line.min.x, line.center().y - painter.px(4)}, {line.min.x + bar_width, line.center().y + painter.px(4)}};
    painter.list()->AddRectFilled(bar.min, bar.max, theme.ink(Ink::Well), painter.px(3));
    const float share =
        static_cast<float>(static_cast<double>(std::clamp<std::int64_t>(file.offset, 0, size)) / static_cast<double>(size));
    const float x = std::round(bar.min.x + painter.px(1) + (bar.width() - painter.px(2)) * share);
    if (file.is_offset_known) {
        painter.list()->AddRectFilled(bar.min, {x, bar.max.y}, theme.ink(Ink::Object, 0.45f), painter.px(3));
        painter.list()->AddRectFilled({x - painter.px(1), bar.min.y - painter.px(3)}, {x + painter.px(1), bar.max.y + painter.px(3)}, theme.ink(Ink::Object));
    }
    const std::string offset = file.is_offset_known ? joined({"offset ", std::to_string(file.offset)}) : "offset ?";
    draw_text_in(painter.list(), theme.fonts.small, {{bar.max.x + painter.px(9), line.min.y}, line.max}, Align::Left,
                 theme.ink(Ink::Text), joined({offset, "  ", holders}));
}

}  // namespace

float file_height(const Model& model, const SceneObject& object, bool is_compact) {
    const float ranges = lock_ranges_height(model.objects()[object.id]);   // who waits for bytes is shown there
    return ranges + 42 + (is_compact || ranges > 0 ? 0 : 20) + 22 * static_cast<float>(std::clamp<std::size_t>(object.files.size(), 1, most));
}

void draw_file_body(ObjectPainter& painter) {
    const Object& object = painter.object();
    const std::vector<OpenFileId>& files = painter.scene().files;
    painter.draw_title(object.is_unlinked ? joined({object.name, " (no name left)"}) : object.name,
                       object.file_size ? bytes_text(static_cast<std::uint64_t>(*object.file_size)) : "");
    draw_lock_ranges(painter);
    for (std::size_t i = 0; i < std::min(files.size(), most); ++i) {
        const bool is_rest = i + 1 == most && files.size() > most;
        const Rect line = painter.take(22);
        if (is_rest) {
            draw_text_in(painter.list(), painter.theme().fonts.small, line, Align::Left, painter.dim(),
                         joined({"+", std::to_string(files.size() - i), " open files"}));
        } else {
            draw_open_file(painter, line, painter.model().open_files()[files[i]]);
        }
    }
    if (!painter.is_compact() && lock_ranges_height(object) == 0) painter.draw_waiters(painter.take(20));
}

}  // namespace ipcscope
