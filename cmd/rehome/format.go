package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The formats of what people and programs read.
const (
	formatText = "text"
	formatJSON = "json"
)

// formatFlag adds the flag that chooses one of some formats, the first when none
// is chosen.
func formatFlag(cmd *cobra.Command, value *string, formats ...string) {
	cmd.Flags().StringVarP(value, "output", "o", formats[0], "`format`: "+strings.Join(formats, ", "))
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)))
}

// checkFormat refuses a format that there is not.
func checkFormat(format string, formats ...string) error {
	if slices.Contains(formats, format) {
		return nil
	}
	last := len(formats) - 1
	return fmt.Errorf("there is no format %q: choose %s or %s", format, strings.Join(formats[:last], ", "), formats[last])
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
