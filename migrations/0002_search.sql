-- The words of `search_entries`. It keeps no text of its own: a row is found by the rowid of its entry.
CREATE VIRTUAL TABLE `search_fts` USING fts5(
	`org_id`, `text`,
	content = 'search_entries',
	tokenize = 'unicode61 remove_diacritics 2',
	prefix = '2 3'
);
--> statement-breakpoint
CREATE TRIGGER `search_entries_inserted` AFTER INSERT ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`rowid`, `org_id`, `text`) VALUES (new.`rowid`, new.`org_id`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_deleted` AFTER DELETE ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`search_fts`, `rowid`, `org_id`, `text`) VALUES ('delete', old.`rowid`, old.`org_id`, old.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_updated` AFTER UPDATE OF `text` ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`search_fts`, `rowid`, `org_id`, `text`) VALUES ('delete', old.`rowid`, old.`org_id`, old.`text`);
	INSERT INTO `search_fts` (`rowid`, `org_id`, `text`) VALUES (new.`rowid`, new.`org_id`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_org` BEFORE UPDATE OF `org_id` ON `search_entries` BEGIN
	SELECT RAISE(ABORT, 'an entry stays with its org');
END;
--> statement-breakpoint
-- What was there before can be found by its title at once, and by its messages after its next event.
INSERT INTO `search_entries` (`org_id`, `conversation_id`, `seq`, `kind`, `text`, `at`, `rev`)
SELECT `org_id`, `id`, 1, 'title', `title`, `created_at`, 0 FROM `conversations`;
