// The keeper's side of question.h.
#pragma once

#include "core/keeper/question.h"

namespace ipcscope {

// Remembers what there is now: that is not the run's. To be called before the program starts. What the run makes is written to this
// file as well (thing.h), if there is one.
void remember_what_was_there(const char* list_of_made);
// Answers one question that waits at keeper_questions. False: nobody will ask any more.
bool answer_question();
// Removes what the session said the run had made, and what is still there.
void remove_what_was_made();

}  // namespace ipcscope
