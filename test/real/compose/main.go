// Loads a Compose file as Docker Compose does and prints the project of each profile as JSON: main FILE PROFILE...
// A profile named default is none.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	projects := map[string]*types.Project{}
	for _, profile := range os.Args[2:] {
		profiles := []string{profile}
		if profile == "default" {
			profiles = nil
		}
		options, err := cli.NewProjectOptions(os.Args[1:2], cli.WithProfiles(profiles), cli.WithOsEnv)
		if err == nil {
			projects[profile], err = options.LoadProject(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, profile+": "+err.Error())
			os.Exit(1)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(projects); err != nil {
		panic(err)
	}
}
