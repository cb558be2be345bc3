"""The room in which a consortium comes together: seats, invitations, shares, rights, versions, signing."""
